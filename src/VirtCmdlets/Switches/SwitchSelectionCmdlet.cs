using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on switches which exist.</summary>
public abstract class SwitchSelectionCmdlet : SelectionCmdlet<SwitchInfo>
{
    /// <summary>The parameter set that takes switches.</summary>
    protected const string BySwitch = "Switch";

    /// <summary>Switches as Get-VirtSwitch gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySwitch, ValueFromPipeline = true)]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(SwitchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public SwitchReference[] Switch { get; set; } = [];

    private protected override Kind<SwitchInfo> Kind => Kinds.Switch;

    /// <summary>Writes a switch as it is now.</summary>
    internal void WriteSwitch(Guid id) => WriteObject(Await(cancellation => Switches.GetAsync(id, cancellation)));

    private protected override IEnumerable<SwitchInfo> Given() => Switch.SelectMany(one => Find(Kind, one.Id, one.Name));
}
