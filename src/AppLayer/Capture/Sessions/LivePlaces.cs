using AppLayer.Files;
using AppLayer.Paths;
using VirtSpecs;

namespace AppLayer.Capture.Sessions;

/// <summary>Where files of a live system lie in a layer's tree: a prefix's user may have another name, a Windows other known roots.</summary>
internal sealed class LivePlaces
{
    private readonly (string Live, string Tree)[] _prefixes;
    private readonly StringComparison _comparison;

    private LivePlaces(IEnumerable<(string Live, string Tree)> prefixes, StringComparison comparison)
    {
        _prefixes = [.. prefixes.OrderByDescending(prefix => prefix.Live.Length)];
        _comparison = comparison;
    }

    internal static LivePlaces Of(CaptureRecord capture) =>
        capture.Platform == LayerPlatform.Linux ? new([("", "")], StringComparison.Ordinal)
        : capture.User is { } user ? OfPrefix(user)
        : OfWindows(capture.Root);

    /// <summary>Where a file lies in a tree.</summary>
    /// <param name="live">Where it is, relative to the root, with <c>/</c> between the parts.</param>
    /// <returns>Null where no layer has anything.</returns>
    internal string? TreePlace(string live)
    {
        foreach (var (from, to) in _prefixes)
        {
            if (from.Length == 0)
            {
                return live;
            }

            if (live.StartsWith(from, _comparison) && (live.Length == from.Length || live[from.Length] == '/'))
            {
                return to + live[from.Length..];
            }
        }

        return null;
    }

    private static LivePlaces OfPrefix(string user) => new(
        [("drive_c", "drive_c"), ($"drive_c/users/{user}", $"drive_c/users/{LayerLayout.WineUser}")], StringComparison.OrdinalIgnoreCase);

    private static LivePlaces OfWindows(string root) => new(
        KnownRoots.ForWindows(root.TrimEnd('\\'), Environment.UserName, "")
            .Where(place => place.Kind == RootKind.Path && place.Text.StartsWith(root, StringComparison.OrdinalIgnoreCase))
            .Select(place => (place.Text[root.Length..].Replace('\\', '/').TrimStart('/'), LayerLayout.Windows.PlaceOf($"{{{place.Name}}}")))
            .Where(place => place.Item1.Length > 0),
        StringComparison.OrdinalIgnoreCase);
}
