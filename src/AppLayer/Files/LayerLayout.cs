using AppLayer.Paths;
using VirtSpecs;

namespace AppLayer.Files;

/// <summary>
/// How a layer's files lie on the disk, so that a tree can be mounted as it is: a Linux layer's as the root directory has them, a Windows
/// layer's as a Wine prefix has them. Every prefix of ours has the same user, so a tree fits them all.
/// </summary>
public sealed class LayerLayout
{
    /// <summary>The user's name in every Wine prefix of ours; Wine takes it from the environment variable USER.</summary>
    public const string WineUser = "user";

    /// <summary>The identifier that Wine gives every prefix's user.</summary>
    public const string WineUserSid = "S-1-5-21-0-0-0-1000";

    private const string Drive = "C:";
    private const string DriveDirectory = "drive_c";

    // The roots by their place on the disk, the longest place first.
    private readonly (string Token, string Place)[] _roots;
    private readonly StringComparison _comparison;

    private LayerLayout(LayerPlatform platform, IEnumerable<(string Token, string Place)> roots)
    {
        Platform = platform;
        _comparison = platform == LayerPlatform.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _roots = [.. roots.OrderByDescending(root => root.Place.Length)];
    }

    /// <summary>Linux: relative to the root directory.</summary>
    public static LayerLayout Linux { get; } = new(LayerPlatform.Linux, [($"{{{KnownRoots.LinuxRoot}}}", "")]);

    /// <summary>Windows: relative to a Wine prefix, of which only the drive is content.</summary>
    public static LayerLayout Windows { get; } = new(LayerPlatform.Windows, WineRoots
        .Where(root => root.Kind == RootKind.Path)
        .Select(root => ($"{{{root.Name}}}", DriveDirectory + root.Text[Drive.Length..].Replace('\\', '/'))));

    /// <summary>Where a Wine prefix of ours has the known roots, as its programs see them.</summary>
    public static IReadOnlyList<RootLocation> WineRoots =>
    [
        // Wine makes these two in lower case, and names on its disk are what they are.
        .. KnownRoots.ForWindows(Drive, WineUser, WineUserSid).Select(root => root.Kind == RootKind.Identifier ? root : root with
        {
            Text = root.Text.Replace(@"C:\Windows", @"C:\windows", StringComparison.Ordinal)
                .Replace(@"C:\windows\System32", @"C:\windows\system32", StringComparison.Ordinal)
                .Replace(@"C:\windows\SysWOW64", @"C:\windows\syswow64", StringComparison.Ordinal)
                .Replace(@"C:\Users", @"C:\users", StringComparison.Ordinal),
        }),
    ];

    /// <summary>Whose layout it is.</summary>
    public LayerPlatform Platform { get; }

    /// <summary>The layout of a platform's layers.</summary>
    public static LayerLayout For(LayerPlatform platform) => platform == LayerPlatform.Windows ? Windows : Linux;

    /// <summary>Where the file of a token path is, relative to a tree's directory.</summary>
    /// <param name="path">A known root and a path below it, with <c>/</c> between the parts.</param>
    /// <exception cref="PathTokenException">The path begins with no known root of the platform.</exception>
    public string PlaceOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var end = path.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? slash : path.Length;
        var root = Array.Find(_roots, root => path.AsSpan(0, end).Equals(root.Token, StringComparison.OrdinalIgnoreCase));
        return root.Token is null
            ? throw new PathTokenException(path[..end], 0, $"it is no known root of {Platform}")
            : root.Place.Length == 0 ? path[Math.Min(path.Length, end + 1)..] : root.Place + path[end..];
    }

    /// <summary>The token path of a file of a tree.</summary>
    /// <param name="place">Where it is, relative to the tree's directory, with <c>/</c> between the parts.</param>
    /// <returns>A known root and a path below it; null where no content is, as in what Wine keeps beside its drive.</returns>
    public string? PathOf(string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        foreach (var (token, root) in _roots)
        {
            if (root.Length == 0)
            {
                return place.Length == 0 ? token : $"{token}/{place}";
            }

            if (place.StartsWith(root, _comparison) && (place.Length == root.Length || place[root.Length] == '/'))
            {
                return token + place[root.Length..];
            }
        }

        return null;
    }
}
