using VirtEngine.Disks;

namespace VirtEngine.Machines;

/// <summary>The open disks of a machine, from its start to its end; a reset leaves them open.</summary>
internal sealed class MachineDisks : IDisposable
{
    private readonly List<(DiskOptions Options, IBlockDevice Device)> _disks = [];

    /// <summary>Opens disks and takes their locks: all of them or none.</summary>
    /// <exception cref="VirtFoundation.VirtException">One of them cannot be opened, or another machine has it.</exception>
    internal MachineDisks(IReadOnlyList<DiskOptions> disks)
    {
        try
        {
            foreach (var options in disks) _disks.Add((options, Open(options)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The disks in order.</summary>
    internal IReadOnlyList<(DiskOptions Options, IBlockDevice Device)> Disks => _disks;

    private static IBlockDevice Open(DiskOptions options)
    {
        IBlockDevice device = RawFile.Open(options.Path, options.ReadOnly);
        return options.BytesPerSecond is null && options.OperationsPerSecond is null ? device
            : new RateLimitedDisk(device, options.BytesPerSecond, options.OperationsPerSecond, TimeProvider.System);
    }

    /// <summary>Closes the disks; nothing uses them any more.</summary>
    public void Dispose()
    {
        foreach (var (_, device) in _disks) device.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _disks.Clear();
    }
}
