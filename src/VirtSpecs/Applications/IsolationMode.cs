namespace VirtSpecs;

/// <summary>How an application meets a place of the system.</summary>
public enum IsolationMode
{
    /// <summary>It reads the system through its layers, and writes to its writable layer.</summary>
    Isolate,

    /// <summary>It reads and writes the system itself.</summary>
    PassThrough,

    /// <summary>As isolated, but what it writes goes to its data layer, which survives a reset.</summary>
    Data,

    /// <summary>It sees what its layers have and nothing of the system.</summary>
    Hide,
}
