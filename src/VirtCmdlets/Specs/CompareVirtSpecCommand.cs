using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Compares specs with what is: the changes that Deploy-VirtSpec would make.</summary>
/// <example><code>Import-VirtSpec ./lab.yaml | Compare-VirtSpec</code>Shows how what is differs from the file; nothing if it does not.</example>
[Cmdlet(VerbsData.Compare, "VirtSpec", DefaultParameterSetName = BySpec)]
[OutputType(typeof(SpecChange))]
public sealed class CompareVirtSpecCommand : SpecCmdlet
{
    private readonly List<Spec> _specs = [];

    /// <summary>Counts a machine, switch or application that does not run as a difference.</summary>
    [Parameter]
    public SwitchParameter Start { get; set; }

    /// <summary>Counts machines, switches, applications and layers that no spec names as differences.</summary>
    [Parameter]
    public SwitchParameter RemoveOthers { get; set; }

    /// <summary>Writes the specs that need no change, too.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <summary>Takes the specs.</summary>
    protected override void ProcessRecord() => _specs.AddRange(Given());

    /// <summary>Compares.</summary>
    protected override void EndProcessing() => Try(
        () =>
        {
            var options = new PlanOptions { Start = Start, RemoveOthers = RemoveOthers };
            var plan = MakePlan(_specs, options);
            WriteObject(plan.Where(change => IncludeEqual || change.Action != ChangeAction.None), enumerateCollection: true);
        },
        null);
}
