using AppLayer.Files;
using AppLayer.Mounting;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// What an application's view is made of, and the steps that make it. The resolver answers from the same regions that are mounted, so the two
/// can't disagree. Making a plan changes nothing.
/// </summary>
internal sealed class ViewPlan
{
    /// <summary>The parties that are no layers are called what no layer can be.</summary>
    internal const string BaseName = "base system", WritableName = "writable layer", DataName = "data layer";

    private const string RootName = "root", EmptyName = "empty", MemoryName = "memory";

    private readonly ViewRequest _request;
    private readonly ViewRules _rules;
    private readonly StringComparison _comparison;
    private readonly SortedDictionary<string, ViewRegion> _regions;
    private readonly SortedSet<string> _pending;
    private readonly List<string> _notes = [];
    private readonly List<ViewStep> _steps = [];
    private readonly StackParty _writable, _base;
    private readonly StackParty? _data;
    private readonly IReadOnlyList<StackParty> _layers;
    private readonly Dictionary<string, string> _hostFolders = [];
    private readonly Dictionary<string, string> _asked; // Places that rules of the application's own are for, as those write them.
    private readonly HashSet<string> _baseMounts;
    private readonly HashSet<(string Directory, string Place)> _made = [];
    private int _mounts;

    private ViewPlan(ViewRequest request)
    {
        _request = request;
        _comparison = Place.ComparisonOf(request.Platform);
        _regions = new(StringComparer.Ordinal);
        _pending = new(StringComparer.Ordinal) { "" };
        Writable = request.Writable ?? new(Path.Combine(request.Target, MemoryName, "u"), Path.Combine(request.Target, MemoryName, "k"));
        _writable = new(PartyKind.Writable, WritableName, Writable.Upper, request.Writable?.Files(request.Platform) ?? NoFiles.Instance);
        _data = request.Data is { } data ? new(PartyKind.Data, DataName, data.Upper, data.Files(request.Platform)) : null;
        _layers = [.. request.Layers.Select(layer => new StackParty(PartyKind.Layer, layer.Name, layer.Directory, layer.Files))];
        _base = new(PartyKind.Base, BaseName, request.Base, request.BaseFiles);
        _rules = new(request.Platform, [.. request.Defaults, .. request.Rules], Canonical);
        _asked = new(StringComparer.FromComparison(_comparison));
        foreach (var rule in request.Rules.Where(rule => !rule.IsRegistryKey))
        {
            _asked[Canonical(Place.Parse(rule.Path, request.Platform))] = rule.Path;
        }

        _baseMounts = [.. request.BaseMounts.Select(path => Place.Parse(path, request.Platform)).Where(place => place.Length > 0)];
        foreach (var (path, directory) in request.HostFolders)
        {
            _hostFolders[Canonical(Place.Parse(path, request.Platform))] = directory;
        }
    }

    /// <summary>Where the view appears.</summary>
    internal string Root => Path.Combine(_request.Target, RootName);

    /// <summary>The empty directory that everything is mounted below; one unmount there takes all away.</summary>
    internal string Target => _request.Target;

    /// <summary>The platform.</summary>
    internal LayerPlatform Platform => _request.Platform;

    /// <summary>Where changes go.</summary>
    internal WritableDirectory Writable { get; }

    /// <summary>The parts of the view, each after those that it lies in.</summary>
    internal IReadOnlyCollection<ViewRegion> Regions => _regions.Values;

    /// <summary>What is done to make it, in order.</summary>
    internal IReadOnlyList<ViewStep> Steps { get; private set; } = [];

    /// <summary>What could not be as a rule of the application's own has it, and why.</summary>
    internal IReadOnlyList<string> Notes => _notes;

    /// <summary>Every party: those that changes go to, the layers, the base.</summary>
    internal IEnumerable<StackParty> Parties => _data is null ? [_writable, .. _layers, _base] : [_writable, _data, .. _layers, _base];

    /// <summary>Plans a view.</summary>
    /// <exception cref="VirtException">A rule's path leads outside, or a rule can't be kept.</exception>
    internal static ViewPlan Create(ViewRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var plan = new ViewPlan(request);
        plan.Begin();
        foreach (var place in plan._rules.Places.Where(plan._rules.IsBoundary).Concat(plan._hostFolders.Keys.Where(place => plan._rules.ModeOf(place) == IsolationMode.PassThrough)).Concat(plan._baseMounts))
        {
            plan._pending.Add(place);
        }

        while (plan._pending.Min is { } place)
        {
            plan._pending.Remove(place);
            plan.AddRegion(place);
        }

        // What is below a mounted overlay must not be changed; so first all is made, then all is mounted.
        plan.Steps = [.. plan._steps.OrderBy(step => step.Kind switch
        {
            ViewStepKind.Memory => 0,
            ViewStepKind.Overlay or ViewStepKind.Bind => 2,
            _ => 1,
        })];
        return plan;
    }

    /// <summary>The region that a place is in.</summary>
    internal ViewRegion RegionOf(string place)
    {
        for (; ; place = Place.Parent(place))
        {
            if (_regions.TryGetValue(place, out var region)
                || (_comparison != StringComparison.Ordinal && (region = _regions.Values.FirstOrDefault(one => one.Place.Equals(place, _comparison))) is not null))
            {
                return region;
            }
        }
    }

    /// <summary>Whether other regions begin below a place.</summary>
    internal bool HasRegionBelow(string place) => _regions.Keys.Any(key => key.Length > place.Length && Place.IsWithin(key, place, _comparison));

    /// <summary>The parties whose stack an application sees where it meets a place in a mode.</summary>
    internal IReadOnlyList<StackParty> PartiesFor(IsolationMode mode) => mode switch
    {
        IsolationMode.PassThrough => [],
        IsolationMode.Hide => [_writable, .. _layers],
        IsolationMode.Data => [_data ?? throw new VirtException(
            VirtErrorCode.SpecInvalid, "A rule keeps data over a reset, but there is no data layer to keep it in."), .. _layers, _base],
        _ => [_writable, .. _layers, _base],
    };

    private void Begin()
    {
        var target = _request.Target;
        _steps.Add(new(ViewStepKind.Memory, target, ""));
        _steps.Add(new(ViewStepKind.Directory, target, RootName));
        _steps.Add(new(ViewStepKind.Directory, target, EmptyName));
        if (_request.Writable is null)
        {
            _steps.Add(new(ViewStepKind.Directory, target, MemoryName));
            _steps.Add(new(ViewStepKind.Directory, target, $"{MemoryName}/u"));
            _steps.Add(new(ViewStepKind.Directory, target, $"{MemoryName}/k"));
        }
    }

    private void AddRegion(string place)
    {
        var mode = _rules.ModeOf(place);
        var parent = place.Length == 0 ? null : RegionOf(Place.Parent(place));
        if (parent is { HostPath: not null } && BaseEntry(place) is not { Kind: FileKind.Directory })
        {
            // The mount point would have to be made in the system itself.
            Note(place, mode, "the system does not have this directory, and none is made there");
        }
        else if (parent is { HostPath: null } && IsBlocked(place, mode, StackNode.Root(parent.Parties), parent.Place))
        {
            return;
        }
        else if (mode == IsolationMode.PassThrough)
        {
            PassThrough(place, parent!);
        }
        else if (mode != IsolationMode.Hide || !_baseMounts.Contains(place) || _rules.IsBoundary(place))
        {
            Stack(place, mode, parent);
        }
    }

    /// <summary>Whether a stack has something else where a rule needs a directory, or on the way there.</summary>
    /// <exception cref="VirtException">A layer or the base has it at the very place.</exception>
    private bool IsBlocked(string place, IsolationMode mode, StackNode stack, string from)
    {
        var at = "";
        foreach (var part in Place.Parts(place))
        {
            at = Place.Join(at, part);
            if (at.Length <= from.Length || stack.Find(at) is not { IsDirectory: false } found)
            {
                continue;
            }

            var party = found.Members[0].Party;
            var isFileRule = at == place && party == _base && (mode == IsolationMode.PassThrough || !_rules.IsBoundary(place));
            if (isFileRule)
            {
                return false;
            }

            var what = $"{party.Name} has a {(found.Entry.Target is null ? "file" : "link")} at '{at}'";
            if (at == place && party.Kind is PartyKind.Base or PartyKind.Layer && _rules.IsBoundary(place))
            {
                throw new VirtException(VirtErrorCode.SpecInvalid, $"A rule is for a directory, but {what}, which shall be {Words(mode)}.");
            }

            Note(place, mode, what);
            return true;
        }

        return false;
    }

    private void PassThrough(string place, ViewRegion parent)
    {
        if (_hostFolders.TryGetValue(place, out var folder))
        {
            Bind(new(place, IsolationMode.PassThrough) { HostPath = folder }, parent, isFile: false);
            return;
        }

        switch (BaseEntry(place)?.Kind)
        {
            case FileKind.Directory or FileKind.File when parent.HostPath is not null && parent.Mode == IsolationMode.PassThrough:
                return; // What is mounted here is shown with what it is mounted in.
            case FileKind.Directory:
                Bind(new(place, IsolationMode.PassThrough) { HostPath = Place.On(_base.Directory, place) }, parent, isFile: false);
                return;
            case FileKind.File:
                Bind(new(place, IsolationMode.PassThrough) { HostPath = Place.On(_base.Directory, place) }, parent, isFile: true);
                return;
            case FileKind.SymbolicLink:
                Note(place, IsolationMode.PassThrough, "it is a link of the system, which leads out by itself");
                return;
            default:
                Note(place, IsolationMode.PassThrough, "the system does not have it");
                return;
        }
    }

    private void Stack(string place, IsolationMode mode, ViewRegion? parent)
    {
        var parties = PartiesFor(mode);
        var node = StackNode.Root(parties).Find(place);
        if (node is { IsDirectory: false } && !_rules.IsBoundary(place))
        {
            // A file that something is mounted on, as containers have: what is mounted is seen, unless something above the base is.
            if (node.Members[0].Party == _base)
            {
                Bind(new(place, mode) { HostPath = Place.On(_base.Directory, place), IsReadOnly = true }, parent!, isFile: true);
            }

            return;
        }

        // What goes to another layer elsewhere may have left a file on the way in the one that is to be written here.
        if (IsBlocked(place, mode, StackNode.Root(parties), parent?.Place ?? "") || IsBlocked(place, mode, StackNode.Root([parties[0]]), ""))
        {
            return;
        }

        if (parent is not null && !_rules.IsBoundary(place) && node?.Members.Any(member => member.Party == _base) != true)
        {
            return; // Something else is mounted here in the system, but the layers hide it.
        }

        var owner = parties[0];
        var lowers = (node?.Members ?? []).Where(member => member.Party != owner).ToList();
        var region = new ViewRegion(place, mode) { Parties = parties };
        _regions.Add(place, region);
        MakePoint(place, parent);
        MakeUpper(owner, place);
        if (place.Length == 0)
        {
            // The writable layer's own directory is its owner's alone; what programs see as / is for all of them.
            _steps.Add(new(ViewStepKind.Attributes, owner.Directory, "") { Like = _base.Files.Find("", "")?.Entry });
        }

        var number = _mounts++;
        var work = owner == _data ? _request.Data!.Work : Writable.Work;
        _steps.Add(new(ViewStepKind.Directory, work, $"{number}"));
        var directories = lowers.Select(lower => lower.Party == _base
            ? BaseDirectory(place, lower.File.Place, node!, number)
            : Place.On(lower.Party.Directory, lower.File.Place));
        var overlay = new OverlayMount
        {
            Lowers = lowers.Count == 0 ? [Path.Combine(Target, EmptyName)] : [.. directories],
            Upper = Place.On(owner.Directory, place),
            Work = Path.Combine(work, $"{number}"),
        };
        _steps.Add(new(ViewStepKind.Overlay, Root, place) { Overlay = overlay });
    }

    /// <summary>
    /// The base's directory as it can be laid under others. In a user namespace one that has mounts below can't: a stand-in with its links
    /// and names is, and each of its directories becomes a region. One that layers lie in can't either (overlayfs calls that overlapping),
    /// but an overlay of it can.
    /// </summary>
    private string BaseDirectory(string place, string basePlace, StackNode node, int number)
    {
        var directory = Place.On(_base.Directory, basePlace);
        if (_request.IsUserNamespace && _baseMounts.Any(mount => mount.Length > basePlace.Length && Place.IsWithin(mount, basePlace, _comparison)))
        {
            return StandIn(place, basePlace, node, number);
        }

        var isAround = _layers.Any(layer => Place.IsWithin(Path.GetFullPath(layer.Directory), Path.GetFullPath(directory).TrimEnd('/'), StringComparison.Ordinal));
        if (!isAround)
        {
            return directory;
        }

        _steps.Add(new(ViewStepKind.Directory, Target, $"base{number}"));
        var overlay = new OverlayMount { Lowers = [directory, Path.Combine(Target, EmptyName)] };
        _steps.Add(new(ViewStepKind.Overlay, Target, $"base{number}") { Overlay = overlay });
        return Path.Combine(Target, $"base{number}");
    }

    private string StandIn(string place, string basePlace, StackNode node, int number)
    {
        var standIn = $"base{number}";
        var directory = node.Members[^1].File.Entry;
        _steps.Add(new(ViewStepKind.Directory, Target, standIn) { Like = place.Length == 0 ? null : directory });
        foreach (var name in _base.Files.NamesIn(basePlace).Order(StringComparer.Ordinal))
        {
            var child = node.Child(name);
            if (child is null || child.Members[^1].Party != _base)
            {
                continue; // Something above the base stands there.
            }

            var entry = child.Members[^1].File.Entry;
            var at = Place.Join(place, name);
            switch (entry.Kind)
            {
                case FileKind.Directory:
                    _steps.Add(new(ViewStepKind.Directory, Target, $"{standIn}/{name}") { Like = entry });
                    _pending.Add(at);
                    break;
                case FileKind.SymbolicLink:
                    _steps.Add(new(ViewStepKind.Link, Target, $"{standIn}/{name}") { Source = entry.Target });
                    break;
                default:
                    _steps.Add(new(ViewStepKind.File, Target, $"{standIn}/{name}"));
                    _baseMounts.Add(at);
                    _pending.Add(at);
                    break;
            }
        }

        return Path.Combine(Target, standIn);
    }

    private void Bind(ViewRegion region, ViewRegion parent, bool isFile)
    {
        _regions.Add(region.Place, region);
        MakePoint(region.Place, parent, isFile);
        _steps.Add(new(ViewStepKind.Bind, Root, region.Place) { Source = region.HostPath, IsReadOnly = region.IsReadOnly });
    }

    /// <summary>Something to mount on: where the parent's stack shows nothing, it is made in what that writes to.</summary>
    private void MakePoint(string place, ViewRegion? parent, bool isFile = false)
    {
        if (parent is not { HostPath: null })
        {
            return;
        }

        if (StackNode.Root(parent.Parties).Find(place) is { } node && (isFile || node.IsDirectory))
        {
            return;
        }

        var owner = parent.Parties[0];
        MakeUpper(owner, isFile ? Place.Parent(place) : place);
        if (isFile)
        {
            _steps.Add(new(ViewStepKind.File, owner.Directory, place));
        }
    }

    /// <summary>Directories of an upper layer down to a place, as copying up would make them.</summary>
    private void MakeUpper(StackParty owner, string place)
    {
        var at = "";
        foreach (var part in Place.Parts(place))
        {
            at = Place.Join(at, part);
            var seen = StackNode.Root(RegionOf(at).Parties).Find(at);
            var step = new ViewStep(ViewStepKind.Directory, owner.Directory, at) { Like = seen is { IsDirectory: true } ? seen.Entry : null };
            if (_made.Add((step.Directory, step.Place)))
            {
                _steps.Add(step);
            }
        }
    }

    private FileEntry? BaseEntry(string place) => StackNode.Root([_base]).Find(place)?.Entry;

    /// <summary>
    /// A rule's place as the layers and the base spell it, with the base's links followed, since the kernel mounts on none. A layer's links
    /// are not: where a rule holds is for the system and its owner to say.
    /// </summary>
    private string Canonical(string place)
    {
        var stack = StackNode.Root([.. _layers, _base]);
        var followed = ViewLinks.Follow(
            place,
            at => stack.Find(at) is not { } node ? null
                : node.Members[0].Party == _base ? (node.Members[0].File.Place, node.Entry)
                : (node.Members[0].File.Place, node.Entry with { Kind = FileKind.Directory }),
            isPrefix: Platform == LayerPlatform.Windows);
        return followed is { Outside: null } ? followed.Place : place;
    }

    private void Note(string place, IsolationMode mode, string why)
    {
        if (_asked.TryGetValue(place, out var path))
        {
            _notes.Add($"'{path}' is not {Words(mode)}: {why}.");
        }
    }

    private static string Words(IsolationMode mode) => mode switch
    {
        IsolationMode.PassThrough => "passed through",
        IsolationMode.Data => "kept as data",
        IsolationMode.Hide => "hidden",
        _ => "isolated",
    };
}
