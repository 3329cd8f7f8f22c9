using System.Text;
using AppLayer.Files;
using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// Makes layers fit over each other where overlayfs would show two names for what programs take for one: Windows' names in another case, and
/// on Linux a directory where what is below has a link to one (<c>/lib</c>, which is <c>/usr/lib</c>). Such a layer gets an adjusted tree,
/// whose names are those of the lowest that has them; the content is shared. Other layers cost a look at their files.
/// </summary>
internal sealed class StackLayout
{
    private const string Unfinished = ".new";
    private const int KeyLength = 32;

    private readonly LayerPlatform _platform;
    private readonly string? _cache;
    private readonly IStoreOperations _operations;
    private readonly List<StackParty> _lowers;

    private StackLayout(LayerPlatform platform, IFileSource baseFiles, string? cache, IStoreOperations operations)
    {
        (_platform, _cache, _operations) = (platform, cache, operations);
        _lowers = [new(PartyKind.Base, ViewPlan.BaseName, "", baseFiles)];
    }

    /// <summary>The layers as they can be stacked.</summary>
    /// <param name="platform">Whose they are.</param>
    /// <param name="layers">The layers; the first wins.</param>
    /// <param name="baseFiles">What they are over.</param>
    /// <param name="cache">A directory for adjusted trees, made when one is needed. It is this stack's alone: trees in it that the stack has no
    /// use for are removed. Null to write none: the names are adjusted in the list alone, which is enough to ask for them.</param>
    /// <param name="operations">How the disk is changed.</param>
    /// <exception cref="VirtException">A tree can't be written.</exception>
    internal static IReadOnlyList<ViewLayer> Compose(
        LayerPlatform platform, IReadOnlyList<StackLayer> layers, IFileSource baseFiles, string? cache, IStoreOperations operations)
    {
        var layout = new StackLayout(platform, baseFiles, cache, operations);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var result = new ViewLayer[layers.Count];
        try
        {
            for (var i = layers.Count - 1; i >= 0; i--)
            {
                result[i] = layout.Fit(layers[i], used);
                layout._lowers.Insert(0, new(PartyKind.Layer, result[i].Name, result[i].Directory, result[i].Files));
            }

            if (cache is not null && Directory.Exists(cache))
            {
                foreach (var directory in Directory.GetDirectories(cache).Where(directory => !used.Contains(directory)))
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"Names of layers can't be adjusted in '{cache}'", e);
        }

        return result;
    }

    private ViewLayer Fit(StackLayer layer, HashSet<string> used)
    {
        var moves = new LayerMoves();
        Visit(layer.Layer.Files, "", "", StackNode.Root(_lowers).Members, moves);
        if (moves.IsEmpty)
        {
            return layer.Layer;
        }

        if (_cache is null)
        {
            var files = new List<SourceFile>();
            Collect(layer.Layer.Files, "", files);
            return layer.Layer with { Files = new MovedFiles(_platform, files, moves) };
        }

        var key = ContentDigest.Of(Encoding.UTF8.GetBytes($"{layer.Digest}\n{moves.Text}")).ToString()[..KeyLength];
        var directory = Path.Combine(_cache, key);
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(_cache);
            var unfinished = directory + Unfinished;
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }

            Build(layer.Layer, moves, unfinished);
            Directory.Move(unfinished, directory);
        }

        used.Add(directory);
        return layer.Layer with { Directory = directory, Files = new LiveFiles(directory, _platform) };
    }

    /// <summary>Looks for names of a layer's directory that are other ones below.</summary>
    /// <param name="files">The layer.</param>
    /// <param name="directory">The directory, as the layer has it.</param>
    /// <param name="target">Where it comes to lie.</param>
    /// <param name="below">What is below there: directories that merge with it, the topmost first.</param>
    /// <param name="moves">Gets what is found.</param>
    private void Visit(IFileSource files, string directory, string target, IReadOnlyList<StackMember> below, LayerMoves moves)
    {
        if (below.Count == 0)
        {
            return;
        }

        var names = files.NamesIn(directory).ToHashSet(StringComparer.Ordinal);
        var spellings = SpellingsIn(below);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var file = files.Find(directory, name)!.Value;

            // A layer that has both spellings itself keeps them: one of the two would be lost.
            var spelled = spellings?.GetValueOrDefault(name) is { } other && !names.Contains(other) ? other : name;
            var at = Place.Join(target, spelled);
            var node = StackNode.Root(_lowers).Find(at);
            if (file.Entry is { Kind: FileKind.Directory, Opaque: false } && node?.Entry.Kind == FileKind.SymbolicLink && Follow(at) is { } followed)
            {
                (at, node) = followed;
            }

            if (at != Place.Join(target, name))
            {
                moves.Add(file.Place, at);
            }

            if (file.Entry.Kind == FileKind.Directory)
            {
                Visit(files, file.Place, at, file.Entry.Opaque || node is not { IsDirectory: true } ? [] : node.Members, moves);
            }
        }
    }

    // The lowest that has a name decides how it is spelled; for a layer above, those between follow it already.
    private Dictionary<string, string>? SpellingsIn(IReadOnlyList<StackMember> below)
    {
        if (_platform != LayerPlatform.Windows)
        {
            return null;
        }

        var spellings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (party, file) in below.Reverse())
        {
            foreach (var name in party.Files.NamesIn(file.Place))
            {
                spellings.TryAdd(name, name);
            }
        }

        return spellings;
    }

    private (string Place, StackNode Node)? Follow(string place)
    {
        var stack = StackNode.Root(_lowers);
        var followed = ViewLinks.Follow(
            place, at => stack.Find(at) is { } node ? (node.Members[0].File.Place, node.Entry) : null, isPrefix: _platform == LayerPlatform.Windows);
        return followed is { Outside: null } && stack.Find(followed.Place) is { IsDirectory: true } directory ? (followed.Place, directory) : null;
    }

    private void Build(ViewLayer layer, LayerMoves moves, string root)
    {
        _operations.CreateTreeDirectory(root);
        var files = new List<SourceFile>();
        Collect(layer.Files, "", files);
        var directories = new Dictionary<string, FileEntry?>(StringComparer.Ordinal) { [""] = layer.Files.Find("", "")?.Entry };

        // What stays comes first: where two become one, that one is it.
        foreach (var file in files.OrderBy(file => moves.TargetOf(file.Place) != file.Place))
        {
            var target = moves.TargetOf(file.Place);
            MakeParents(root, Place.Parent(target), directories);
            if (file.Entry.Kind == FileKind.Directory)
            {
                MakeDirectory(root, target, file.Entry, directories);
            }
            else if (!Exists(Place.On(root, target)))
            {
                Put(file.Entry, Place.On(layer.Directory, file.Place), Place.On(root, target));
            }
        }

        // Times last, and from the inside out: what is put into a directory changes its own.
        foreach (var (place, entry) in directories.OrderByDescending(directory => directory.Key.Length))
        {
            _operations.SetMetadata(Place.On(root, place), entry is null or { Mode: 0, Modified.Ticks: 0 }
                ? new() { Path = "", Kind = FileKind.Directory, Mode = 0x1ed, Modified = entry?.Modified ?? default } : entry);
        }
    }

    private static void Collect(IFileSource files, string directory, List<SourceFile> found)
    {
        foreach (var name in files.NamesIn(directory))
        {
            var file = files.Find(directory, name)!.Value;
            found.Add(file);
            if (file.Entry.Kind == FileKind.Directory)
            {
                Collect(files, file.Place, found);
            }
        }
    }

    // Where a link led to a directory that the layer itself doesn't have, it looks as it does below.
    private void MakeParents(string root, string place, Dictionary<string, FileEntry?> directories)
    {
        if (!directories.ContainsKey(place))
        {
            MakeParents(root, Place.Parent(place), directories);
            MakeDirectory(root, place, StackNode.Root(_lowers).Find(place)?.Entry, directories);
        }
    }

    private void MakeDirectory(string root, string place, FileEntry? entry, Dictionary<string, FileEntry?> directories)
    {
        if (directories.TryAdd(place, entry))
        {
            _operations.CreateTreeDirectory(Place.On(root, place));
        }
    }

    private void Put(FileEntry entry, string from, string to)
    {
        switch (entry.Kind)
        {
            case FileKind.Whiteout:
                _operations.CreateWhiteout(to);
                return;
            case FileKind.SymbolicLink:
                _operations.CreateSymbolicLink(to, entry.Target!);
                _operations.SetMetadata(to, entry);
                return;
            default:
                if (!_operations.Link(from, to))
                {
                    Copy(from, to);
                    _operations.SetMetadata(to, entry);
                }

                return;
        }
    }

    private void Copy(string from, string to)
    {
        using var source = File.OpenHandle(from);
        using var copy = _operations.CreateContent(to);
        if (_operations.Clone(source, copy))
        {
            return;
        }

        var buffer = new byte[1 << 20];
        for (long at = 0; RandomAccess.Read(source, buffer, at) is > 0 and var length; at += length)
        {
            _operations.WriteContent(copy, buffer.AsSpan(0, length), at);
        }
    }

    // A link whose target is missing is there too.
    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
