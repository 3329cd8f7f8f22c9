using VirtEngine.Hypervisors;
using VirtEngine.Tests.Chipset;

namespace VirtEngine.Tests.Machines;

internal sealed class ScriptedPartition : IPartition
{
    private readonly List<ScriptedProcessor> _processors;

    internal ScriptedPartition(PartitionOptions options, Func<ScriptedProcessor, Exit> guest)
    {
        Options = options;
        _processors = [.. Enumerable.Range(0, options.ProcessorCount).Select(i => new ScriptedProcessor(i, options, guest))];
    }

    internal PartitionOptions Options { get; }

    internal RecordingMsi Msi { get; } = new();

    internal bool Disposed { get; private set; }

    public IReadOnlyList<IVirtualProcessor> Processors => _processors;

    public event Action<byte>? EndOfInterrupt;

    public void SendMsi(ulong address, uint data) => Msi.SendMsi(address, data);

    public void SetExternalInterrupt(bool level, Func<byte> acknowledge) { }

    public CpuProfile Profile => Options.Profile;

    public void SetIoApicEntry(int pin, ulong address, uint data) { }

    public void StopTime() { }

    public void StartTime() { }

    public void StartDirtyTracking() { }

    public void CollectDirty(Span<ulong> bitmap) => bitmap.Clear();

    public void StopDirtyTracking() { }

    internal void End(byte vector) => EndOfInterrupt?.Invoke(vector);

    public void Dispose() => Disposed = true;
}
