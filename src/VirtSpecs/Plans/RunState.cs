namespace VirtSpecs;

/// <summary>Whether the thing that a spec describes runs.</summary>
public enum RunState
{
    /// <summary>It doesn't run.</summary>
    Stopped,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is held still, with its memory, and can go on.</summary>
    Paused,

    /// <summary>It ended without being stopped.</summary>
    Failed,
}
