using System.Management.Automation;
using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Makes machines as specs describe them: what is missing is made, what differs is changed, what is right stays. Done twice, the second time
/// changes nothing. -WhatIf shows the plan.
/// </summary>
/// <example><code>Import-VirtSpec ./lab.yaml | Deploy-VirtSpec -WhatIf</code>Shows what would be done.</example>
/// <example><code>Deploy-VirtSpec ./lab.yaml -Start -Wait Agent -PassThru</code>Makes the machines, starts them, waits until their guest agents answer, and shows them.</example>
[Cmdlet("Deploy", "VirtSpec", SupportsShouldProcess = true, DefaultParameterSetName = BySpec)]
[OutputType(typeof(SpecChange), typeof(MachineInfo), typeof(Job))]
public sealed class DeployVirtSpecCommand : SpecCmdlet, ILongCommand
{
    private readonly List<Spec> _specs = [];

    /// <summary>Starts what does not run.</summary>
    [Parameter]
    public SwitchParameter Start { get; set; }

    /// <summary>Stops and removes machines that no spec names, with everything that is kept of them. This asks unless -Force is given.</summary>
    [Parameter]
    public SwitchParameter RemoveOthers { get; set; }

    /// <summary>Does not ask before machines are removed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Starts, and waits for Boot, Agent, Address, or Text with -Text.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    /// <summary>The text on the console to wait for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Text { get; set; }

    /// <summary>How long to wait for each machine: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines rather than the changes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once. Questions are asked before.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private WaitCondition? Condition => MachineWaiting.Choose(Wait, Text);

    /// <summary>Looks at the parameters.</summary>
    protected override void BeginProcessing() => OrEnd(() => Condition, Text);

    /// <summary>Takes the specs.</summary>
    protected override void ProcessRecord() => _specs.AddRange(Given());

    /// <summary>Plans, asks, and carries out.</summary>
    protected override void EndProcessing()
    {
        Try(
            () =>
            {
                var options = new PlanOptions { Start = Start || Condition is not null, RemoveOthers = RemoveOthers };
                var plan = MakePlan(_specs, options);
                NowOrInJob((plan, Agree(plan)), static (cmdlet, work) => ((DeployVirtSpecCommand)cmdlet).CarryOut(work.plan, work.Item2));
            },
            null);
        base.EndProcessing();
    }

    // Everything is asked before anything is done. What follows for a machine builds on what came before, so that one No is enough.
    private HashSet<string> Agree(IReadOnlyList<SpecChange> plan)
    {
        var wanted = _specs.Select(spec => spec.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var declined = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var lacking = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var change in plan.Where(change => change.Action != ChangeAction.None))
        {
            var target = $"{change.Kind} {change.Name} ({change.Reason})";
            var action = change.Action.ToString();
            if ((declined.Contains(change.Name) && !IsWhatIf) || !HasImage(change, lacking))
            {
                continue;
            }

            var agreed = wanted.Contains(change.Spec.Name)
                ? ShouldAct(target, action)
                : ShouldLose(
                    target, action, $"No spec names '{change.Name}'. Remove it with everything that is kept of it?", Force || !asked.Add(change.Name));
            if (!agreed)
            {
                declined.Add(change.Name);
            }
        }

        return [.. declined, .. lacking];
    }

    // A machine whose image is not installed cannot start: that is said before anything is done to it.
    private bool HasImage(SpecChange change, HashSet<string> lacking)
    {
        if (change.Action is ChangeAction.Stop or ChangeAction.Remove || change.Spec is not Machine { Boot.Image: { } image })
        {
            return !lacking.Contains(change.Name);
        }

        if (!lacking.Contains(change.Name) && !Try(() => VirtHost.FindImage(image), change.Spec))
        {
            lacking.Add(change.Name);
        }

        return !lacking.Contains(change.Name);
    }

    private void CarryOut(IReadOnlyList<SpecChange> plan, HashSet<string> declined)
    {
        var left = new HashSet<string>(declined, StringComparer.OrdinalIgnoreCase);
        foreach (var change in plan.Where(change => !left.Contains(change.Name)))
        {
            if (!Try(() => Apply(change), change))
            {
                left.Add(change.Name); // What follows for this machine builds on it.
            }
        }

        foreach (var spec in _specs.Where(spec => !IsWhatIf && !left.Contains(spec.Name)))
        {
            Try(() => Finish(new MachineReference(spec.Name)), spec);
        }
    }

    private void Apply(SpecChange change)
    {
        if (change.Action != ChangeAction.None)
        {
            WithProgress(
                $"{change.Action} {change.Kind} {change.Name}", (progress, cancellation) => Deployment.ApplyAsync(change, progress, cancellation));
        }

        if (!PassThru)
        {
            WriteObject(change);
        }
    }

    private void Finish(MachineReference reference)
    {
        var machine = Await(cancellation => VirtHost.FindAsync(reference, cancellation));
        if (Condition is { } condition)
        {
            MachineWaiting.Wait(this, machine, condition, Text, Timeout);
        }

        if (PassThru)
        {
            WriteObject(Await(cancellation => VirtHost.GetMachineAsync(machine.Id, cancellation)));
        }
    }
}
