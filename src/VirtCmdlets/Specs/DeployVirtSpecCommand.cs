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
[OutputType(typeof(SpecChange), typeof(MachineInfo))]
public sealed class DeployVirtSpecCommand : SpecCmdlet
{
    private readonly List<Spec> _specs = [];
    private bool _declined;

    /// <summary>Starts what does not run.</summary>
    [Parameter]
    public SwitchParameter Start { get; set; }

    /// <summary>Stops and removes machines that no spec names.</summary>
    [Parameter]
    public SwitchParameter RemoveOthers { get; set; }

    /// <summary>Starts, and waits for Boot, Agent, Address, or Text with -Text.</summary>
    [Parameter]
    public WaitCondition? Wait { get; set; }

    /// <summary>The text on the console to wait for.</summary>
    [Parameter]
    public string? Text { get; set; }

    /// <summary>How long to wait for each machine: seconds, or 30s, 5m. 5 minutes without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = MachineWaiting.DefaultTimeout;

    /// <summary>Writes the machines rather than the changes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private WaitCondition? Condition => Text is null ? Wait : WaitCondition.Text;

    /// <summary>Takes the specs.</summary>
    protected override void ProcessRecord() => _specs.AddRange(Given());

    /// <summary>Plans and carries out.</summary>
    protected override void EndProcessing() => Try(
        () =>
        {
            var options = new PlanOptions { Start = Start || Condition is not null, RemoveOthers = RemoveOthers };
            var application = new SpecApplication(VirtHost);
            var plan = Await(cancellation => application.PlanAsync(_specs, options, cancellation));
            var failed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var change in plan.Where(change => !failed.Contains(change.Name)))
            {
                if (!Try(() => Apply(application, change), change))
                {
                    failed.Add(change.Name); // What follows for this machine builds on it.
                }
            }

            if (!_declined)
            {
                Finish(failed);
            }
        },
        null);

    private void Apply(SpecApplication application, SpecChange change)
    {
        if (change.Action != ChangeAction.None)
        {
            if (!ShouldProcess($"{change.Kind} {change.Name} ({change.Reason})", change.Action.ToString()))
            {
                _declined = true;
                return;
            }

            Await(cancellation => application.ApplyAsync(change, cancellation));
        }

        if (!PassThru)
        {
            WriteObject(change);
        }
    }

    private void Finish(HashSet<string> failed)
    {
        foreach (var spec in _specs.Where(spec => !failed.Contains(spec.Name)))
        {
            Try(() => Finish(new MachineReference(spec.Name)), spec);
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
