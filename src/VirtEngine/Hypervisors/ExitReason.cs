namespace VirtEngine.Hypervisors;

/// <summary>Why a virtual processor stopped running guest code.</summary>
public enum ExitReason
{
    /// <summary><see cref="IVirtualProcessor.Kick"/> was called.</summary>
    Canceled,

    /// <summary>A triple fault: a PC resets.</summary>
    Shutdown,

    /// <summary>The hypervisor cannot go on; the exit's detail says why.</summary>
    Failed,
}
