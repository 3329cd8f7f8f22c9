namespace AppLayer.Registry.Text;

/// <summary>
/// What a Wine registry file says of one key. Keys that hold nothing but subkeys have no section of their own; a key may have several,
/// of which the first gives the time and the last the value of a name.
/// </summary>
/// <param name="path">The key's path below the file's base key, parts separated by backslashes; empty for the base key.</param>
public sealed class WineRegistrySection(string path)
{
    private static readonly ulong UnixEpoch = FileTime.From(DateTime.UnixEpoch).Ticks;

    /// <summary>The key's path below the file's base key, parts separated by backslashes; empty for the base key.</summary>
    public string Path { get; } = path;

    /// <summary>The time behind the key's name: seconds since 1970, modulo 2³²; null where none stands there.</summary>
    public uint? Seconds { get; set; }

    /// <summary>The exact time of the last change (<c>#time=</c>), or null in files of older versions.</summary>
    public FileTime? Time { get; set; }

    /// <summary>The class (<c>#class=</c>), or null.</summary>
    public string? Class { get; set; }

    /// <summary>Whether the key is a symbolic link (<c>#link</c>).</summary>
    public bool IsLink { get; set; }

    /// <summary>Comments, and options that this version does not know, as whole lines. They are written before the values.</summary>
    public IList<string> Remarks { get; } = [];

    /// <summary>The values, in the order of the file.</summary>
    public IList<RegistryValue> Values { get; } = [];

    /// <summary>When the key was changed last, as exactly as the file says it.</summary>
    public FileTime LastWrite => Time ?? (Seconds is { } seconds ? new(UnixEpoch + seconds * 10_000_000UL) : default);

    /// <summary>The time that wineserver puts behind the name of a key that was changed then.</summary>
    internal static uint SecondsOf(FileTime time) => unchecked((uint)(((long)time.Ticks - (long)UnixEpoch) / 10_000_000));
}
