using VirtEngine.Hypervisors;

namespace VirtEngine.Conformance.Guests;

/// <summary>A processor that runs on a thread of its own until this is disposed of: before its guest, also where the test fails.</summary>
internal sealed class RunningProcessor : IDisposable
{
    private readonly IVirtualProcessor _processor;
    private readonly Thread _thread;

    internal RunningProcessor(IVirtualProcessor processor)
    {
        _processor = processor;
        _thread = new Thread(() => processor.Run());
        _thread.Start();
    }

    /// <summary>Takes the processor out of its guest.</summary>
    public void Dispose()
    {
        _processor.Kick();
        _thread.Join();
    }
}
