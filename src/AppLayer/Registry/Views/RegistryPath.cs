namespace AppLayer.Registry.Views;

/// <summary>The place of a key: a root and the path below it, without backslashes at its ends.</summary>
/// <param name="Root">The root.</param>
/// <param name="Path">The path; empty for the root itself.</param>
public readonly record struct RegistryPath(RegistryRoot Root, string Path)
{
    /// <summary>What Windows calls HKEY_USERS entries of a user's classes: the user's SID and this.</summary>
    private const string ClassesSuffix = "_Classes";

    // That of the current user comes by the SID.
    private static readonly (string Prefix, RegistryRoot Root)[] Prefixes =
    [
        .. RegistryRoots.All.SelectMany(names => new[] { names.ShortName, names.ShortName + ":", names.Name }, (names, prefix) => (prefix, names.Root)),
        .. RegistryRoots.All.Where(names => names.Root != RegistryRoot.CurrentUser).Select(names => (names.KernelPath, names.Root)),
    ];

    private static readonly string[] UserPrefixes = ["HKU", "HKEY_USERS", @"Registry\User"];

    /// <summary>The path in a layer's tree, whose first key is the root's name.</summary>
    public string TreePath => Path.Length == 0 ? Root.ToString() : $@"{Root}\{Path}";

    /// <summary>
    /// Reads a path as Win32, PowerShell (<c>HKLM:\…</c>) or the kernel (<c>\Registry\Machine\…</c>) writes it, in any case. HKCR isn't a
    /// place but a view: see <see cref="ClassesRoot"/>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="userSid">The current user's SID, where paths under HKEY_USERS shall be understood.</param>
    /// <param name="path">The path.</param>
    /// <returns>False if it is none, or under a root that layers don't have.</returns>
    public static bool TryParse(string text, string? userSid, out RegistryPath path)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = string.Join('\\', text.Split('\\', StringSplitOptions.RemoveEmptyEntries));
        foreach (var (prefix, root) in Prefixes)
        {
            if (TryCut(plain, prefix, out var rest))
            {
                path = new(root, rest);
                return true;
            }
        }

        foreach (var prefix in UserPrefixes)
        {
            if (userSid is not null && TryCut(plain, prefix, out var below))
            {
                if (TryCut(below, userSid, out var rest))
                {
                    path = new(RegistryRoot.CurrentUser, rest);
                    return true;
                }

                if (TryCut(below, userSid + ClassesSuffix, out rest))
                {
                    path = new RegistryPath(RegistryRoot.CurrentUser, @"Software\Classes").Below(rest);
                    return true;
                }
            }
        }

        path = default;
        return false;
    }

    /// <summary>The path of a key below.</summary>
    public RegistryPath Below(string path) => this with { Path = Path.Length == 0 ? path : path.Length == 0 ? Path : $@"{Path}\{path}" };

    /// <summary>The path below a key, where this is that key or one in it.</summary>
    public bool TryCut(RegistryPath key, out string rest)
    {
        rest = "";
        return Root == key.Root && (key.Path.Length == 0 ? (rest = Path) is not null : TryCut(Path, key.Path, out rest));
    }

    /// <summary>As Win32 writes it, with a short root: <c>HKLM\Software</c>.</summary>
    public override string ToString()
    {
        var root = RegistryRoots.Of(Root).ShortName;
        return Path.Length == 0 ? root : $@"{root}\{Path}";
    }

    internal static bool TryCut(string path, string prefix, out string rest)
    {
        var isBelow = path.Length >= prefix.Length && RegistryNameComparer.Equals(path.AsSpan(0, prefix.Length), prefix)
            && (path.Length == prefix.Length || path[prefix.Length] == '\\');
        rest = isBelow && path.Length > prefix.Length ? path[(prefix.Length + 1)..] : "";
        return isBelow;
    }
}
