using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>The switches of a root.</summary>
internal sealed class SwitchStore(VirtRoot root) : RecordStore<SwitchRecord, RunRecord>(root, root.SwitchesDirectory, Words)
{
    private static readonly RecordWords Words =
        new("switch", VirtErrorCode.SwitchNotFound, VirtErrorCode.SwitchNameInUse, VirtErrorCode.SwitchRunning);

    internal override SwitchDirectory DirectoryOf(Guid id) => new(Path.Combine(Root.SwitchesDirectory, id.ToString("N")));

    /// <summary>Makes a switch.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    internal SwitchRecord Create(Switch spec) => Add(new() { Id = Guid.NewGuid(), Created = DateTime.UtcNow, Spec = spec });

    /// <summary>Changes what a switch should be.</summary>
    /// <param name="id">The switch.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileStopped">Whether the change needs the switch stopped: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is no such switch, it runs, or the new name is in use.</exception>
    internal SwitchRecord Update(Guid id, Func<Switch, Switch> change, bool whileStopped) =>
        Change(id, record => record with { Spec = change(record.Spec) }, whileStopped);

    /// <summary>The path of the socket that machines plug into, as the switch of a name runs now or ran last.</summary>
    /// <returns>Null if there is no such switch, or it never ran.</returns>
    internal string? FindNetworkSocket(string name)
    {
        try
        {
            return Find(name) is { } found && DirectoryOf(found.Id).TryReadRun(out _) is { } run ? SwitchDirectory.NetworkSocket(run.Socket) : null;
        }
        catch (VirtException)
        {
            return null; // It cannot be read now: whoever asks will ask again.
        }
    }
}
