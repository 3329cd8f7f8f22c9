using System.Buffers;
using AppLayer.Files;
using AppLayer.Paths;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>What a layer's paths may be: none leaves its root, on any system.</summary>
internal static class ManifestPaths
{
    /// <summary>UTF-16 units of a path.</summary>
    internal const int Longest = 4096;

    // A backslash separates on Windows, a colon names a drive or a stream.
    internal static readonly SearchValues<char> NeverInWindowsNames =
        SearchValues.Create([.. "\\:", .. Enumerable.Range(0, ' ').Select(code => (char)code)]);

    /// <summary>The place of a path.</summary>
    /// <param name="path">A token path as <see cref="LayerLayout.PathOf"/> writes it.</param>
    /// <param name="platform">Whose it is.</param>
    /// <param name="problem">What is wrong with it, or null.</param>
    internal static string? PlaceOf(string path, LayerPlatform platform, out string? problem)
    {
        problem = path.Length > Longest ? $"it has {path.Length} characters, more than {Longest}" : null;
        if (problem is not null)
        {
            return null;
        }

        var layout = LayerLayout.For(platform);
        string place;
        try
        {
            place = layout.PlaceOf(path);
        }
        catch (PathTokenException e)
        {
            problem = e.Message;
            return null;
        }

        if (place.Length > 0)
        {
            foreach (var part in place.AsSpan().Split('/'))
            {
                problem ??= Problem(place.AsSpan()[part], platform);
            }
        }

        problem ??= layout.PathOf(place) is { } canonical && canonical == path ? null : $"'{path}' is not how the place '{place}' is written";
        return problem is null ? place : null;
    }

    private static string? Problem(ReadOnlySpan<char> part, LayerPlatform platform) =>
        part is "" ? "a part of the path is empty"
        : part is "." or ".." ? "the path leaves its root"
        : part.Contains('\0') ? "a name holds a NUL"
        : platform == LayerPlatform.Windows && part.ContainsAny(NeverInWindowsNames) ? "no name of Windows has a backslash, colon or control character"
        : null;
}
