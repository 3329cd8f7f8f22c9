namespace VirtEngine.Bus;

/// <summary>An event of the runtime's: on Windows one of the kernel's.</summary>
internal sealed class EventDoorbell : Doorbell
{
    private readonly AutoResetEvent _event = new(false);

    public override void Ring() => _event.Set();

    public override void Wait() => _event.WaitOne();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _event.Dispose();
    }
}
