using System.Management.Automation;
using AppLayer.Applications;
using AppLayer.Store;
using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Makes switches, machines, layers and applications as specs describe them: what is missing is made, what differs is changed, what is right stays. Done twice, the second time
/// changes nothing. -WhatIf shows the plan.
/// </summary>
/// <example><code>Import-VirtSpec ./lab.yaml | Deploy-VirtSpec -WhatIf</code>Shows what would be done.</example>
/// <example><code>Deploy-VirtSpec ./lab.yaml -Start -Wait Agent -PassThru</code>Makes the machines, starts them, waits until their guest agents answer, and shows them.</example>
[Cmdlet("Deploy", "VirtSpec", SupportsShouldProcess = true, DefaultParameterSetName = BySpec)]
[OutputType(typeof(SpecChange), typeof(MachineInfo), typeof(SwitchInfo), typeof(LayerInfo), typeof(ApplicationInfo), typeof(Job))]
public sealed class DeployVirtSpecCommand : SpecCmdlet, ILongCommand
{
    private readonly List<Spec> _specs = [];

    /// <summary>Starts what does not run.</summary>
    [Parameter]
    public SwitchParameter Start { get; set; }

    /// <summary>Stops and removes what no spec names of the kinds that the specs are of, with everything that is kept of it. This asks unless -Force is given.</summary>
    [Parameter]
    public SwitchParameter RemoveOthers { get; set; }

    /// <summary>Does not ask before anything is removed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Starts, and waits with each machine for Boot, Agent, Address, or Text with -Text.</summary>
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

    /// <summary>Writes the switches, machines, layers and applications rather than the changes.</summary>
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

    // Everything is asked before anything is done. What follows for a thing builds on what came before, so that one No is enough.
    private HashSet<string> Agree(IReadOnlyList<SpecChange> plan)
    {
        var wanted = Names(_specs.Select(Identity));
        var asked = Names([]);
        var declined = Names([]);
        var lacking = Names([]);
        foreach (var change in plan.Where(change => change.Action != ChangeAction.None))
        {
            var thing = Identity(change.Spec);
            if ((declined.Contains(thing) && !IsWhatIf) || !HasImage(change, lacking))
            {
                continue;
            }

            var target = $"{change.Kind} {change.Name} ({change.Reason})";
            var action = change.Action.ToString();
            var agreed = wanted.Contains(thing)
                ? ShouldAct(target, action)
                : ShouldLose(target, action, $"No spec names {thing}. Remove it with everything that is kept of it?", Force || !asked.Add(thing));
            if (!agreed)
            {
                declined.Add(thing);
            }
        }

        return Names([.. declined, .. lacking]);
    }

    // A machine whose image is not installed cannot start: that is said before anything is done to it.
    private bool HasImage(SpecChange change, HashSet<string> lacking)
    {
        var thing = Identity(change.Spec);
        if (change.Action is not (ChangeAction.Stop or ChangeAction.Remove) && change.Spec is Machine { Boot.Image: { } image }
            && !lacking.Contains(thing) && !Try(() => VirtHost.FindImage(image), change.Spec))
        {
            lacking.Add(thing);
        }

        return !lacking.Contains(thing);
    }

    private void CarryOut(IReadOnlyList<SpecChange> plan, HashSet<string> declined)
    {
        var left = Names(declined);
        foreach (var change in plan.Where(change => !left.Contains(Identity(change.Spec))))
        {
            if (!Try(() => Apply(change), change))
            {
                left.Add(Identity(change.Spec)); // What follows for it builds on it.
            }
        }

        foreach (var spec in _specs.Where(spec => !IsWhatIf && !left.Contains(Identity(spec))))
        {
            Try(() => Finish(spec), spec);
        }
    }

    private static string Identity(Spec spec) => $"{spec.Kind} {spec.QualifiedName}";

    private static HashSet<string> Names(IEnumerable<string> names) => new(names, StringComparer.OrdinalIgnoreCase);

    private void Apply(SpecChange change)
    {
        if (change.Action != ChangeAction.None)
        {
            WithProgress<SpecProgress, bool>($"{change.Action} {change.Kind} {change.Name}", step => step, async (progress, cancellation) =>
            {
                await Deployment.ApplyAsync(change, progress, cancellation).ConfigureAwait(false);
                return true;
            });
        }

        if (!PassThru)
        {
            WriteObject(change);
        }
    }

    private void Finish(Spec spec)
    {
        if (spec is Machine && Condition is { } condition)
        {
            var machine = Await(cancellation => VirtHost.FindAsync(new MachineReference(spec.Name), cancellation));
            MachineWaiting.Wait(this, machine, condition, Text, Timeout);
        }

        if (PassThru)
        {
            WriteObject(Find(spec));
        }
    }

    private object Find(Spec spec) => spec switch
    {
        Application => Await(cancellation => Applications.FindAsync(new ApplicationReference(spec.Name), cancellation)),
        Layer layer => Layers.Find(layer.Name, layer.Version),
        VirtSpecs.Switch => Await(cancellation => Switches.FindAsync(new SwitchReference(spec.Name), cancellation)),
        _ => Await(cancellation => VirtHost.FindAsync(new MachineReference(spec.Name), cancellation)),
    };
}
