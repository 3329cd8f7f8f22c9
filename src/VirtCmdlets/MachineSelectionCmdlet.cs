using System.Management.Automation;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on machines which exist: by name with wildcards, by identity, or from the pipeline.</summary>
public abstract class MachineSelectionCmdlet : VirtCmdlet
{
    /// <summary>The parameter set that chooses by name.</summary>
    protected const string ByName = "Name";

    /// <summary>The parameter set that chooses by identity.</summary>
    protected const string ById = "Id";

    /// <summary>The parameter set that takes machines.</summary>
    protected const string ByMachine = "Machine";

    /// <summary>Identities of machines.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById, ValueFromPipelineByPropertyName = true)]
    public Guid[] Id { get; set; } = [];

    /// <summary>Machines as Get-VirtMachine gives them, their names, or objects with an Id or a Name: specs, events, rows of a table.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByMachine, ValueFromPipeline = true)]
    [MachineReferenceTransformation]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    [ValidateNotNullOrEmpty]
    public MachineReference[] Machine { get; set; } = [];

    /// <summary>The machines that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<MachineInfo> Choose(string[] names) => ParameterSetName switch
    {
        ById => Id.Select(id => new MachineReference(id)).Select(Find).OfType<MachineInfo>(),
        ByMachine => Machine.Select(Find).OfType<MachineInfo>(),
        _ => names.SelectMany(Match).DistinctBy(machine => machine.Id),
    };

    /// <summary>Writes a machine as it is now.</summary>
    internal void WriteMachine(Guid id) => WriteObject(Await(cancellation => VirtHost.GetMachineAsync(id, cancellation)));

    /// <summary>A name as wildcards match it.</summary>
    internal List<MachineInfo> Match(string name) => Match(List(), machine => machine.Name, name, VirtErrorCode.MachineNotFound, "machine");

    /// <summary>All machines; those that are damaged are reported.</summary>
    internal IReadOnlyList<MachineInfo> List()
    {
        var damaged = new List<(Guid Id, VirtException Failure)>();
        var found = Await(cancellation => VirtHost.GetMachinesAsync((id, failure) => damaged.Add((id, failure)), cancellation));
        damaged.ForEach(one => WriteError(ErrorCatalog.ToRecord(one.Failure, one.Id)));
        return found;
    }

    private MachineInfo? Find(MachineReference reference)
    {
        MachineInfo? found = null;
        Try(
            () => found = Await(cancellation => VirtHost.FindAsync(reference, cancellation)),
            reference);
        return found;
    }
}
