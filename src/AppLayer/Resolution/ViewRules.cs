using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>How an application meets the places of its system: the last rule that is for a place, or for a directory that it is in, wins.</summary>
internal sealed class ViewRules
{
    private readonly List<(string Place, IsolationMode Mode)> _rules = [];
    private readonly StringComparison _comparison;

    /// <summary>Rules for files; those for registry keys are left aside.</summary>
    /// <param name="platform">Whose paths they are.</param>
    /// <param name="rules">The rules, the built-in ones first.</param>
    /// <param name="canonical">Where a place really is, links followed.</param>
    /// <exception cref="VirtException">A rule's path leads outside, or is none.</exception>
    internal ViewRules(LayerPlatform platform, IEnumerable<IsolationRule> rules, Func<string, string> canonical)
    {
        _comparison = Place.ComparisonOf(platform);
        foreach (var rule in rules.Where(rule => !rule.IsRegistryKey))
        {
            _rules.Add((canonical(Place.Parse(rule.Path, platform)), rule.Mode));
        }
    }

    /// <summary>The places that rules are for.</summary>
    internal IEnumerable<string> Places => _rules.Select(rule => rule.Place);

    /// <summary>
    /// What holds for every application unless its own rules say otherwise. Documents are the user's, not the application's: a reset must
    /// not destroy them.
    /// </summary>
    /// <param name="platform">The platform.</param>
    /// <param name="home">Linux: the user's home directory; null for none.</param>
    internal static IReadOnlyList<IsolationRule> Defaults(LayerPlatform platform, string? home)
    {
        if (platform == LayerPlatform.Windows)
        {
            return [.. Pass("{Desktop}", "{Documents}", "{Downloads}", "{Music}", "{Pictures}", "{Videos}")];
        }

        var rules = Pass("/proc", "/sys", "/dev", "/run", "/tmp", "/mnt", "/media", "/home", "/root");
        if (home is null or "" or "/")
        {
            return [.. rules];
        }

        // What programs keep for themselves in a home directory (XDG Base Directory Specification) is theirs and not a document.
        return [.. rules, .. Pass(home), .. ((string[])[".cache", ".config", ".local"]).Select(name => new IsolationRule
        {
            Path = $"{home}/{name}", Mode = IsolationMode.Isolate,
        })];

        static IEnumerable<IsolationRule> Pass(params string[] paths) =>
            paths.Select(path => new IsolationRule { Path = path, Mode = IsolationMode.PassThrough });
    }

    /// <summary>How the application meets a place.</summary>
    internal IsolationMode ModeOf(string place)
    {
        for (var i = _rules.Count - 1; i >= 0; i--)
        {
            if (Place.IsWithin(place, _rules[i].Place, _comparison))
            {
                return _rules[i].Mode;
            }
        }

        return IsolationMode.Isolate;
    }

    /// <summary>Whether a place is met in another way than the directory that it is in.</summary>
    internal bool IsBoundary(string place) => place.Length > 0 && ModeOf(place) != ModeOf(Place.Parent(place));
}
