namespace VirtEngine.Bus;

/// <summary>
/// What a device's thread sleeps at: rung by our own code or, where a hypervisor can, by itself at a guest's store. Rings are not
/// counted: many before a look are one.
/// </summary>
public abstract class Doorbell : IDisposable
{
    /// <summary>One as this system has them: what its hypervisor can ring.</summary>
    /// <exception cref="IOException">The system has no room for another.</exception>
    public static Doorbell Create() => OperatingSystem.IsLinux() ? new EventFdDoorbell() : new EventDoorbell();

    /// <summary>Rings; never waits. From any thread.</summary>
    public abstract void Ring();

    /// <summary>Waits for a ring, or takes one that came before. One thread waits.</summary>
    public abstract void Wait();

    /// <summary>Gives it back. Nobody waits, and no hypervisor has it.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what a system's kind holds.</summary>
    protected abstract void Dispose(bool disposing);
}
