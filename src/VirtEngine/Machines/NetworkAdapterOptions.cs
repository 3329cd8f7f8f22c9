namespace VirtEngine.Machines;

/// <summary>A network adapter of a machine and what its cable leads to: a switch's socket or a TAP interface, one of both.</summary>
public sealed record NetworkAdapterOptions
{
    /// <summary>The adapters that a machine can have.</summary>
    public const int MostAdapters = 8;

    /// <summary>The adapter's address, six pairs of hexadecimal digits between colons; null for one made from the machine's identity.</summary>
    public string? Address { get; init; }

    /// <summary>Gives the path of the switch's socket each time that a connection is tried; null from it if there is no such switch.</summary>
    public Func<string?>? SwitchSocket { get; init; }

    /// <summary>The name of a TAP interface of this host (Linux).</summary>
    public string? Tap { get; init; }
}
