namespace VirtEngine.Machines;

/// <summary>What a machine is doing.</summary>
public enum MachineState
{
    /// <summary>Not running; its worker, if any, ends.</summary>
    Stopped,

    /// <summary>Being built: memory, devices, kernel.</summary>
    Starting,

    /// <summary>Its processors run.</summary>
    Running,

    /// <summary>Its processors and its time stand still.</summary>
    Paused,

    /// <summary>Asked to shut down, not off yet.</summary>
    Stopping,

    /// <summary>Ended by a fault of the guest, the worker or the host; the reason is in its events.</summary>
    Failed,
}
