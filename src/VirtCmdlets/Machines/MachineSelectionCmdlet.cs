using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on machines which exist.</summary>
public abstract class MachineSelectionCmdlet : SelectionCmdlet<MachineInfo>
{
    /// <summary>The parameter set that takes machines.</summary>
    protected const string ByMachine = "Machine";

    /// <summary>Machines as Get-VirtMachine gives them, their names, or objects with an Id or a Name: specs, events, rows of a table.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByMachine, ValueFromPipeline = true)]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    [ValidateNotNullOrEmpty]
    public MachineReference[] Machine { get; set; } = [];

    private protected override Kind<MachineInfo> Kind => Kinds.Machine;

    /// <summary>Writes a machine as it is now.</summary>
    internal void WriteMachine(Guid id) => WriteObject(Await(cancellation => VirtHost.GetMachineAsync(id, cancellation)));

    private protected override IEnumerable<MachineInfo> Given() => Machine.SelectMany(machine => Find(Kind, machine.Id, machine.Name));
}
