using AppLayer.Files;
using AppLayer.Registry.Views;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// What programs see over a stack of layers, and where each part of it comes from. Nothing is mounted or changed for it. It is for one thread,
/// and for answers about one moment: what changes in the base meanwhile may not be seen.
/// </summary>
public sealed class StackView
{
    private readonly ViewPlan _plan;
    private readonly LayerResolver _resolver;
    private readonly StackRegistry? _registry;
    private readonly bool _isApplication;
    private readonly bool _keeps;

    /// <summary>A view.</summary>
    /// <param name="request">What its files are made of.</param>
    /// <param name="registry">What its registry is made of, when it is asked for; null for none.</param>
    /// <param name="isApplication">Whether an application writes over it.</param>
    internal StackView(ViewRequest request, Func<RegistryPlan>? registry, bool isApplication)
    {
        _plan = ViewPlan.Create(request);
        _resolver = new(_plan);
        _registry = registry is null ? null : new(registry);
        _isApplication = isApplication;
        _keeps = request.Writable is not null;
    }

    /// <summary>Whose programs see it.</summary>
    public LayerPlatform Platform => _plan.Platform;

    /// <summary>What could not be as a rule of the application's own has it, and why.</summary>
    public IReadOnlyList<string> Notes => _plan.Notes;

    /// <summary>What is at a path, and who gives it. Links are followed, one at the end too.</summary>
    /// <param name="path">A path below a known root (<c>{ProgramFiles}\nodejs</c>), an absolute one as the programs write it, or a registry
    /// key's.</param>
    /// <param name="value">The name of a value of the key, empty for the default value; null to ask for a key or file.</param>
    /// <exception cref="VirtException">Nothing is there, or it is no path in the view.</exception>
    public ResolvedPath Resolve(string path, string? value = null)
    {
        var found = Ask(path, value);
        return Describe(found, value) ?? throw NotFound(path, value, PartiesOf(found));
    }

    /// <summary>What every party has to do with a path, the topmost first; also where nothing is seen because one deletes or blocks it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="value">The name of a value of the key, empty for the default value; null to ask for a key or file.</param>
    /// <exception cref="VirtException">No party has anything there, or it is no path in the view.</exception>
    public IReadOnlyList<PathParty> Explain(string path, string? value = null)
    {
        var found = Ask(path, value);
        var parties = PartiesOf(found);
        return found.Exists || parties.Any(party => party.Role is not (PartyRole.Absent or PartyRole.LeftOut))
            ? Explain(path, value, parties)
            : throw NotFound(path, value, parties);
    }

    /// <summary>The parties of something that was found, each with its path.</summary>
    public static IReadOnlyList<PathParty> Explain(ResolvedPath found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Explain(found.Path, found.Value, found.Parties);
    }

    /// <summary>What is at a path and everything below it, that of the base too. Links below are listed and not followed.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="VirtException">Nothing is there, or it is no path in the view.</exception>
    public IEnumerable<ResolvedPath> ResolveBelow(string path)
    {
        var start = Ask(path, null);
        if (!start.Exists)
        {
            throw NotFound(path, null, PartiesOf(start));
        }

        return RegistryOf(path) is { } registry
            ? registry.Below(start.Place).Select(entry => Describe(registry.Resolve(entry.Path, entry.Value), entry.Value)).OfType<ResolvedPath>()
            : Below(start).Select(found => Describe(found, null)).OfType<ResolvedPath>();
    }

    /// <summary>
    /// Everything that layers, writable layer and data layer have and programs see: files in the order of their paths, then the registry. What
    /// they have in places that a rule passes through or hides from them is told with who gives it there.
    /// </summary>
    public IEnumerable<ResolvedPath> ResolveLayers()
    {
        var places = new SortedSet<string>(FileTree.ComparerOf(Platform));
        foreach (var party in _plan.Parties.Where(party => party.Kind != PartyKind.Base))
        {
            Collect(party.Files, "", places);
        }

        var files = places.Where(place => PathOf(place) is not null)
            .Select(place => _resolver.ResolvePlace(PathOf(place)!, place, openLink: true))
            .Where(found => found.Links.Count == 0) // What lies behind a link of a layer above is at another place.
            .Select(found => Describe(found, null));
        var keys = _registry is not { } registry ? []
            : registry.OfLayers().Select(entry => Describe(registry.Resolve(entry.Path, entry.Value), entry.Value));
        return files.Concat(keys).OfType<ResolvedPath>();
    }

    private PathResolution Ask(string path, string? value)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (RegistryOf(path) is { } registry)
        {
            return registry.Resolve(path, value);
        }

        return value is null ? _resolver.Resolve(path) : throw new VirtException(
            VirtErrorCode.ParameterInvalid, $"'{path}' is no registry key, which alone have values.");
    }

    private StackRegistry? RegistryOf(string path) =>
        _registry is not null && (path.StartsWith("HK", StringComparison.OrdinalIgnoreCase) || RegistryPath.TryParse(path, LayerLayout.WineUserSid, out _))
            ? _registry : null;

    private IEnumerable<PathResolution> Below(PathResolution start)
    {
        var todo = new Stack<PathResolution>([start]);
        while (todo.TryPop(out var found))
        {
            yield return found;
            if (found.Entry is not { Kind: FileKind.Directory })
            {
                continue;
            }

            foreach (var name in _resolver.Names(found.Place).OrderDescending(StringComparer.Ordinal))
            {
                var place = Place.Join(found.Place, name);
                todo.Push(_resolver.ResolvePlace(PathOf(place) ?? place, place, openLink: true));
            }
        }
    }

    private static void Collect(IFileSource files, string directory, SortedSet<string> places)
    {
        foreach (var name in files.NamesIn(directory))
        {
            if (files.Find(directory, name) is { } file)
            {
                places.Add(file.Place);
                if (file.Entry.Kind == FileKind.Directory)
                {
                    Collect(files, file.Place, places);
                }
            }
        }
    }

    // As people write it on the platform; null where no content is.
    private string? PathOf(string place) => Platform == LayerPlatform.Windows
        ? LayerLayout.Windows.PathOf(place)?.Replace('/', '\\')
        : "/" + place;

    private ResolvedPath? Describe(PathResolution found, string? value)
    {
        if (found is not { Exists: true, Winner: { } winner, WinnerKind: { } winnerKind })
        {
            return null;
        }

        var isKey = found.Entry is null && found.ReadPath is null;
        var readPath = found.ReadPath;
        var parties = PartiesOf(found);
        if (winnerKind == PartyKind.Writable && !_isApplication)
        {
            // The root of a stack is everybody's, and without an application the topmost layer's.
            var topmost = _plan.Parties.First(party => party.Kind != PartyKind.Writable);
            (winner, winnerKind, readPath) = (topmost.Name, topmost.Kind, Place.On(topmost.Directory, found.Place));
        }

        return new()
        {
            Path = found.Path,
            Value = value,
            Kind = value is not null ? ResolvedKind.RegistryValue
                : isKey ? ResolvedKind.RegistryKey
                : found.Entry?.Kind switch
                {
                    FileKind.Directory => ResolvedKind.Directory,
                    FileKind.SymbolicLink => ResolvedKind.SymbolicLink,
                    FileKind.File => ResolvedKind.File,
                    _ => System.IO.Directory.Exists(readPath) ? ResolvedKind.Directory : ResolvedKind.File,
                },
            Winner = winner,
            WinnerKind = winnerKind,
            Mode = found.Mode,
            Length = value is not null ? _registry!.LengthOf(found.Place, value) : found.Entry is { Kind: FileKind.File } file ? file.Length : null,
            Target = found.Entry?.Target,
            Place = isKey ? StackRegistry.PathOf(found.Place) : PathOf(found.Place) ?? found.Place,
            ReadPath = readPath,
            WritePath = _isApplication && (_keeps || found.WriterKind != PartyKind.Writable) ? found.WritePath : null,
            WriterKind = _isApplication ? found.WriterKind : null,
            Parties = parties,
            HostName = Environment.MachineName,
        };
    }

    private IReadOnlyList<ResolutionParty> PartiesOf(PathResolution found) =>
        _isApplication ? found.Parties : [.. found.Parties.Where(party => party.Kind is not (PartyKind.Writable or PartyKind.Data))];

    private static IReadOnlyList<PathParty> Explain(string path, string? value, IEnumerable<ResolutionParty> parties) =>
    [
        .. parties.Select(party => new PathParty
        {
            Path = path, Value = value, Party = party.Name, Kind = party.Kind, Role = party.Role, Reason = party.Reason, HostName = Environment.MachineName,
        }),
    ];

    private static VirtException NotFound(string path, string? value, IEnumerable<ResolutionParty> parties)
    {
        var hiding = parties.FirstOrDefault(party => party.Role is PartyRole.Deletes or PartyRole.Blocks);
        return new(VirtErrorCode.PathNotFound, $"{(value is null ? "" : $"The value '{value}' of ")}'{path}' is not there"
            + (hiding is null ? "." : $": {hiding.Name}: {hiding.Reason}."));
    }
}
