using AppLayer.Capture.Noise;
using AppLayer.Capture.Trees;
using AppLayer.Files;
using AppLayer.Footprint;

namespace AppLayer.Capture.Sessions;

/// <summary>
/// Writes what changed between two snapshots of a live system into a tree: new and changed files as they are now, deletions as whiteouts,
/// directories that were made anew as opaque ones.
/// </summary>
/// <remarks>
/// A file is unchanged if size, times of content and of any change, inode and everything else that stat tells are the same. Where its digest
/// was taken before, and anything of these differs, the digest decides on the content. Where it was not, the file counts as changed.
/// </remarks>
internal sealed class LiveDifference : ILowerFiles
{
    private readonly CaptureRecord _capture;
    private readonly LivePlaces _places;
    private readonly LiveEntries _live;
    private readonly LayerLayout _layout;
    private readonly TreeWriter _writer;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _problems = [];

    // Directories that are in the tree for what is in them alone.
    private readonly HashSet<string> _parents = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Place, ulong Inode), string> _names = [];

    // Below these nothing is left of what was, and all that is is new.
    private byte[]? _gone, _anew;
    private (int Place, bool AreStable) _inodes = (-1, false);

    internal LiveDifference(CaptureRecord capture, TreeWriter writer, CancellationToken cancellation)
    {
        _capture = capture;
        _places = LivePlaces.Of(capture);
        _live = new(capture.Root, capture.Platform);
        _layout = LayerLayout.For(capture.Platform);
        _writer = writer;
        _cancellation = cancellation;
    }

    /// <summary>What could not be taken, with its place.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    /// <summary>Files and deletions that were written.</summary>
    internal long Written { get; private set; }

    /// <summary>Writes the difference.</summary>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    internal void Write(SnapshotReader before, SnapshotReader after)
    {
        FootprintComparison.Pair(before, after, (old, now) =>
        {
            var record = (old ?? now)!.Value;
            Visit(record.Place, before.Places[record.Place], old?.Entry as ObservedFile, now?.Entry as ObservedFile);
        }, _cancellation);
        _writer.Finish();
    }

    bool? ILowerFiles.IsSame(string place, FileEntry entry, string path) => _parents.Contains(place) ? true : null;

    private void Visit(int number, FootprintPlace place, ObservedFile? old, ObservedFile? now)
    {
        var observed = (old ?? now)!;
        if (_inodes.Place != number)
        {
            // A file system that numbers its files anew at each mount says nothing by the numbers.
            _inodes = (number, old is not null && now is not null && old.Path.Length == 0 && old.Inode == now.Inode);
            (_gone, _anew) = (null, null);
        }

        var isBelowGone = IsBelow(observed.Path, _gone);
        var isBelowNew = IsBelow(observed.Path, _anew);
        if (now is null)
        {
            if (!isBelowGone && !isBelowNew)
            {
                _gone = old!.Path;
                Delete(place, old);
            }

            return;
        }

        var isAnew = old is not null && (old.Kind != now.Kind
            || (now.Kind == ObservedKind.Directory && _inodes.AreStable && old.Inode != now.Inode && now.Path.Length > 0));
        if (isAnew && !isBelowNew)
        {
            _anew = now.Path;
        }

        if (old is not null && now.Kind != ObservedKind.Directory && old.Kind == ObservedKind.Directory)
        {
            _gone = old.Path;
        }

        if (old is null || isAnew || isBelowNew || isBelowGone || IsChanged(place, old, now))
        {
            Take(place, now, isOpaque: isAnew && !isBelowNew && now.Kind == ObservedKind.Directory);
        }
    }

    private bool IsChanged(FootprintPlace place, ObservedFile old, ObservedFile now)
    {
        var isMetadataSame = old.Mode == now.Mode && (old.UserId, old.GroupId) == (now.UserId, now.GroupId) && old.Attributes == now.Attributes
            && old.ExtendedAttributes.SequenceEqual(now.ExtendedAttributes) && old.Target.AsSpan().SequenceEqual(now.Target);
        if (!isMetadataSame || now.Kind != ObservedKind.File)
        {
            return !isMetadataSame;
        }

        var isStatSame = old.Length == now.Length && old.Modified == now.Modified && old.Changed == now.Changed
            && (!_inodes.AreStable || old.Inode == now.Inode);

        // In the tick in which the digest was taken, a change left no trace: what has a digest from then is always asked for it.
        return old.Content is not { } before ? !isStatSame
            : old.Length != now.Length || !TryName(place, now, out var live) || Digest(live) != before;
    }

    private ContentDigest Digest(string live)
    {
        using var digester = new FileDigester();
        using var content = _live.Open(live);
        return digester.Digest(content, _cancellation);
    }

    private void Delete(FootprintPlace place, ObservedFile old)
    {
        if (!TryName(place, old, out var live) || _places.TreePlace(live) is not { } tree || _layout.PathOf(tree) is null)
        {
            return; // Nothing that could have been in a layer.
        }

        AddParents(live);
        _writer.AddWhiteout(tree);
        Written++;
    }

    private void Take(FootprintPlace place, ObservedFile now, bool isOpaque)
    {
        if (!TryName(place, now, out var live))
        {
            _problems.Add($"{FootprintComparison.PlaceOf(place, now)}: its name is no UTF-8; it is left out");
            return;
        }

        if (live.Length == 0 || _places.TreePlace(live) is not { } tree || _layout.PathOf(tree) is not { } path)
        {
            return; // The root itself is the system's.
        }

        if (now.Kind is not (ObservedKind.Directory or ObservedKind.File or ObservedKind.SymbolicLink))
        {
            _problems.Add($"{path}: a {now.Kind} cannot be in a layer; it is left out");
            return;
        }

        if (_live.TryRead(live, path) is not { } entry)
        {
            return; // It went while it was looked at, as temporary files do.
        }

        AddParents(live);
        _parents.Remove(tree);
        Written++;
        switch (entry.Kind)
        {
            case FileKind.Directory:
                _writer.AddDirectory(tree, entry with { Opaque = isOpaque });
                break;
            case FileKind.SymbolicLink:
                _writer.AddLink(tree, entry);
                break;
            case FileKind.File when now.Links > 1 && _names.TryGetValue((place.Path, now.Inode), out var first):
                _writer.AddName(tree, first);
                break;
            case FileKind.File:
                using (var content = _live.Open(live))
                {
                    _writer.AddFile(tree, entry, content, _cancellation);
                }

                _names.TryAdd((place.Path, now.Inode), tree);
                break;
            case FileKind.Whiteout:
                break; // Somebody's own overlay under the root: it hides nothing here.
        }
    }

    private void AddParents(string live)
    {
        for (var slash = live.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = live.IndexOf('/', slash + 1))
        {
            if (_places.TreePlace(live[..slash]) is { } tree && !_writer.HasDirectory(tree))
            {
                var entry = _live.TryRead(live[..slash], _layout.PathOf(tree) ?? "");
                _writer.AddDirectory(tree, entry is { Kind: FileKind.Directory } ? entry : TreeWriter.Implied(""));
                _parents.Add(tree);
            }
        }
    }

    // Relative to the capture's root.
    private bool TryName(FootprintPlace place, ObservedFile file, out string live)
    {
        var isText = ByteText.TryToName(file.Path, out var below);
        var parent = Path.GetRelativePath(_capture.Root, place.Path).Replace('\\', '/');
        live = parent == "." ? below : below.Length == 0 ? parent : $"{parent}/{below}";
        return isText;
    }

    private static bool IsBelow(byte[] path, byte[]? directory) =>
        directory is not null && path.Length > directory.Length && path.AsSpan().StartsWith(directory) && (directory.Length == 0 || path[directory.Length] == '/');
}
