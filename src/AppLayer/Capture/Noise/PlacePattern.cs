using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry.Views;
using VirtSpecs;

namespace AppLayer.Capture.Noise;

/// <summary>
/// A pattern of files or of registry keys and values: <c>{Temp}/**</c>, <c>**/Thumbs.db</c>, <c>HKCU\Software\Wine\Fonts</c>. What it matches
/// is taken with all that is in it. A value is matched as if it were a key of its name.
/// </summary>
internal sealed class PlacePattern
{
    private readonly string[] _segments;
    private readonly bool _ignoreCase;

    private PlacePattern(string text, bool isRegistry, string[] segments, bool ignoreCase)
    {
        Text = text;
        IsRegistry = isRegistry;
        _segments = segments;
        _ignoreCase = ignoreCase;
    }

    /// <summary>The pattern as it was written.</summary>
    internal string Text { get; }

    /// <summary>Whether it is for the registry.</summary>
    internal bool IsRegistry { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It starts neither with a root of the platform nor with a root of the registry.</exception>
    internal static PlacePattern Parse(string text, LayerPlatform platform)
    {
        var ignoreCase = platform == LayerPlatform.Windows;
        if (platform == LayerPlatform.Windows && RegistryPath.TryParse(text, null, out var key))
        {
            return new(text, isRegistry: true, key.TreePath.Split('\\'), ignoreCase: true);
        }

        // On Linux a backslash may be part of a name, but no pattern has one: specs write either separator.
        var segments = text.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length == 0 || !(segments[0] == Glob.AnySegments || segments[0].StartsWith('{')))
        {
            throw new FormatException($"The pattern '{text}' starts neither with a known root such as {{Temp}} nor with a root of the registry.");
        }

        if (segments[0] == Glob.AnySegments)
        {
            return new(text, isRegistry: false, segments, ignoreCase);
        }

        try
        {
            // By its place on the disk, since one place can be written in several ways: {LocalAppData}/Temp is {Temp}.
            var place = LayerLayout.For(platform).PlaceOf(segments[0]).Split('/', StringSplitOptions.RemoveEmptyEntries);
            return new(text, isRegistry: false, [.. place, .. segments[1..]], ignoreCase);
        }
        catch (PathTokenException e)
        {
            throw new FormatException($"The pattern '{text}': {e.Message}", e);
        }
    }

    /// <summary>Whether it matches a file's place in a tree, or a key's or value's path that begins with the root's name, in segments.</summary>
    internal bool IsMatch(ReadOnlySpan<string> path) => Glob.IsMatch(path, _segments, _ignoreCase);
}
