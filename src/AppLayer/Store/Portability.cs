using System.Buffers;
using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>Looks through a layer's entries for what another machine may not have or allow.</summary>
internal sealed class Portability(FileTree files, FindingList findings)
{
    private static readonly SearchValues<char> IllegalOnWindows =
        SearchValues.Create([.. "<>:\"|?*\\", .. Enumerable.Range(0, ' ').Select(code => (char)code)]);

    // "Naming Files, Paths, and Namespaces", Win32 documentation.
    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. Enumerable.Range(1, 9).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })], StringComparer.OrdinalIgnoreCase);

    private readonly bool _isWindows = files.Platform == LayerPlatform.Windows;
    private readonly LayerLayout _layout = LayerLayout.For(files.Platform);

    internal void Look()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in files.Entries)
        {
            LookAtName(entry, names);
            LookAtOwner(entry);
            LookAtAttributes(entry);
            if (entry.Target is { } target)
            {
                LookAtLink(entry, target);
            }
        }
    }

    private void LookAtName(FileEntry entry, Dictionary<string, string> names)
    {
        // Only on Windows does it keep programs from working; a layer for Linux may still be unpacked there.
        var severity = _isWindows ? FindingSeverity.Warning : FindingSeverity.Information;
        var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
        if (entry.Path.Contains('/', StringComparison.Ordinal) && ProblemOf(name) is { } problem)
        {
            findings.Add(severity, FindingCode.NameIllegalOnWindows, entry.Path, problem);
        }

        if (!names.TryAdd(entry.Path, entry.Path))
        {
            findings.Add(severity, FindingCode.NameCase, entry.Path, $"'{names[entry.Path]}' differs only in case");
        }
    }

    private static string? ProblemOf(string name) =>
        name.AsSpan().ContainsAny(IllegalOnWindows) ? "Windows does not allow one of its characters"
        : name[^1] is '.' or ' ' ? "Windows takes the dot or space at its end away"
        : Devices.Contains(name.Split('.')[0].TrimEnd(' ')) ? "on Windows it is a device's name"
        : null;

    private void LookAtOwner(FileEntry entry)
    {
        if (!_isWindows && entry.Kind != FileKind.Whiteout && (entry.UserId != 0 || entry.GroupId != 0))
        {
            findings.Add(FindingSeverity.Warning, FindingCode.Owner, entry.Path,
                $"it belongs to {entry.UserId}:{entry.GroupId}, who can be somebody else on another machine");
        }
    }

    private void LookAtAttributes(FileEntry entry)
    {
        foreach (var attribute in entry.ExtendedAttributes)
        {
            findings.Add(FindingSeverity.Warning, FindingCode.ExtendedAttribute, entry.Path, $"not every file system can hold '{attribute.Name}'");
        }
    }

    // A link out of the known roots shows what the machine has there, or nothing.
    private void LookAtLink(FileEntry entry, string target)
    {
        var directory = _layout.PlaceOf(entry.Path) is var place && place.LastIndexOf('/') is >= 0 and var slash ? place[..slash] : "";
        var parts = target.StartsWith('/') ? [] : directory.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        var leaves = target.StartsWith('/') && _isWindows;
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count == 0)
            {
                leaves |= _isWindows;
            }
            else if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).Trim('/');
        var reached = string.Join('/', parts);
        if (_isWindows)
        {
            leaves |= _layout.PathOf(reached) is null;
        }
        else
        {
            leaves |= parts is ["tmp", ..] or ["run", ..] or ["proc", ..] or ["home", ..]
                || (home.Length > 0 && (reached + "/").StartsWith(home + "/", StringComparison.Ordinal));
        }

        if (leaves)
        {
            findings.Add(FindingSeverity.Warning, FindingCode.LinkOutside, entry.Path, $"it leads to '{target}', which is the machine's or the user's own");
        }
    }
}
