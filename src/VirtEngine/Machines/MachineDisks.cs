using VirtEngine.Disks;
using VirtEngine.Measures;

namespace VirtEngine.Machines;

/// <summary>The open disks of a machine, from its start to its end; a reset leaves them open.</summary>
internal sealed class MachineDisks : IDisposable
{
    private readonly List<(DiskOptions Options, TracedDisk Device)> _disks = [];

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
    internal IReadOnlyList<(DiskOptions Options, IBlockDevice Device)> Disks => [.. _disks.Select(disk => (disk.Options, (IBlockDevice)disk.Device))];

    /// <summary>What was asked of the disks since they were opened.</summary>
    internal IReadOnlyList<DiskSample> Measure() => [.. _disks.Select(disk => new DiskSample(disk.Options.Name, disk.Device.Counters))];

    // What is counted is what the guest meets, limits and all.
    private static TracedDisk Open(DiskOptions options)
    {
        IBlockDevice device = RawFile.Open(options.Path, options.ReadOnly);
        if (options.BytesPerSecond is not null || options.OperationsPerSecond is not null)
            device = new RateLimitedDisk(device, options.BytesPerSecond, options.OperationsPerSecond, TimeProvider.System);
        return new TracedDisk(device, TimeProvider.System);
    }

    /// <summary>Closes the disks; nothing uses them any more.</summary>
    public void Dispose()
    {
        foreach (var (_, device) in _disks) device.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _disks.Clear();
    }
}
