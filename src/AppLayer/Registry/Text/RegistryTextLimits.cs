namespace AppLayer.Registry.Text;

/// <summary>
/// How much a text file of registry entries may hold. A reader stops with its format's exception at the first thing beyond.
/// </summary>
public sealed record RegistryTextLimits
{
    /// <summary>What holds where nothing else is said. A fresh prefix of Wine 8.0 has 1.7 MB and 8,900 sections.</summary>
    public static RegistryTextLimits Default { get; } = new();

    /// <summary>Bytes of the file.</summary>
    public int File { get; init; } = 256 << 20;

    /// <summary>Bytes (Wine's text) or characters (.reg) of one line.</summary>
    public int Line { get; init; } = 16 << 20;

    /// <summary>Bytes of one value's data.</summary>
    public int Data { get; init; } = 16 << 20;

    /// <summary>Keys, counted with those that are only named on the way to another.</summary>
    public int Keys { get; init; } = 2_000_000;

    /// <summary>Values of all keys together.</summary>
    public int Values { get; init; } = 8_000_000;
}
