using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>The machines of a root.</summary>
internal sealed class MachineStore(VirtRoot root) : RecordStore<MachineRecord, RunRecord>(root, root.MachinesDirectory, Words)
{
    private static readonly RecordWords Words =
        new("machine", VirtErrorCode.MachineNotFound, VirtErrorCode.MachineNameInUse, VirtErrorCode.MachineRunning);

    internal override MachineDirectory DirectoryOf(Guid id) => new(Path.Combine(Root.MachinesDirectory, id.ToString("N")));

    /// <summary>Makes a machine.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    internal MachineRecord Create(Machine spec) => Add(new() { Id = Guid.NewGuid(), Created = DateTime.UtcNow, Spec = spec });

    /// <summary>Changes what a machine should be.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileOff">Whether the change needs the machine off: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is no such machine, it runs, or the new name is in use.</exception>
    internal MachineRecord Update(Guid id, Func<Machine, Machine> change, bool whileOff = false) =>
        Change(id, record => record with { Spec = change(record.Spec) }, whileOff);
}
