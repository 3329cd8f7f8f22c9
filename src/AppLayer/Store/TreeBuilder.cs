using System.Runtime.ExceptionServices;
using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace AppLayer.Store;

/// <summary>Builds a layer's tree from a source: each file read once, hashed as it is written, or shared with what the store has already.</summary>
internal sealed class TreeBuilder(
    string tree, SourceTree source, ScannedFiles scanned, ObjectStore objects, IStoreOperations operations, StatCache cache, CancellationToken cancellation)
{
    private const int ReportedEvery = 64;
    private const long WriteBehind = 8 << 20;

    private readonly List<ScannedFile> _files = scanned.Files;
    private readonly string?[] _published = new string?[scanned.Files.Count];
    private readonly LayerLayout _layout = LayerLayout.For(scanned.Platform);
    private readonly Lock _problems = new();
    private readonly int _fileCount = scanned.Files.Count(file => file.Entry.Kind == FileKind.File);
    private readonly long _totalBytes = scanned.Files.Sum(file => file.Entry.Length);

    private int _filesDone;
    private long _bytesDone;
    private volatile bool _cannotClone, _cannotShareBlocks;

    /// <summary>Whether files are taken over from the source instead of copied.</summary>
    internal bool IsConsuming { get; init; }

    /// <summary>Files that are read at the same time.</summary>
    internal int Threads { get; init; } = 1;

    internal IProgress<StoreProgress>? Progress { get; init; }

    /// <summary>Makes everything.</summary>
    /// <returns>The files with their digests.</returns>
    internal FileTree Build()
    {
        MakeDirectories();
        MakeFiles();
        MakeOthers();
        foreach (var directory in _files.Where(file => file.Entry.Kind == FileKind.Directory).OrderByDescending(PathOf, StringComparer.Ordinal))
        {
            SetMetadata(PathOf(directory), directory.Entry);
        }

        return new(scanned.Platform, _files.Select(file => file.Entry));
    }

    /// <summary>Lets other layers share the files that were made. They are on the disk by now.</summary>
    internal void Publish()
    {
        for (var i = 0; i < _published.Length; i++)
        {
            if (_published[i] is { } claimed)
            {
                cancellation.ThrowIfCancellationRequested();
                objects.Publish(PathOf(_files[i]), claimed);
            }
        }
    }

    // What a known root's directory is called is the layout's matter, whatever the source's case.
    private string PathOf(ScannedFile file) => _layout.PlaceOf(file.Entry.Path) is { Length: > 0 } place ? $"{tree}/{place}" : tree;

    private void MakeDirectories()
    {
        operations.CreateTreeDirectory(tree);
        foreach (var path in _files.Where(file => file.Entry.Kind == FileKind.Directory).Select(PathOf).Order(StringComparer.Ordinal))
        {
            if (path.Length > tree.Length)
            {
                operations.CreateTreeDirectory(path);
            }
        }
    }

    // Large ones first, so that no thread is left with one at the end; of a file with several names the first.
    private void MakeFiles()
    {
        var leaders = new HashSet<int>();
        var order = Enumerable.Range(0, _files.Count)
            .Where(i => _files[i].Entry is { Kind: FileKind.File } entry && (entry.HardLink == 0 || leaders.Add(entry.HardLink)))
            .OrderByDescending(i => _files[i].Entry.Length).ToArray();
        if (Threads == 1)
        {
            using var hasher = new ContentHasher();
            foreach (var i in order)
            {
                Take(i, hasher);
            }

            return;
        }

        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellation };
            var next = -1;
            Parallel.For(0, Threads, options, (_, state) =>
            {
                using var hasher = new ContentHasher();
                for (int at; !state.IsExceptional && (at = Interlocked.Increment(ref next)) < order.Length;)
                {
                    Take(order[at], hasher);
                }
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }

    private void MakeOthers()
    {
        var leaders = new Dictionary<int, ScannedFile>();
        for (var i = 0; i < _files.Count; i++)
        {
            var entry = _files[i].Entry;
            switch (entry.Kind)
            {
                case FileKind.File when entry.HardLink != 0 && !leaders.TryAdd(entry.HardLink, _files[i]):
                    var first = leaders[entry.HardLink];
                    if (!operations.Link(PathOf(first), PathOf(_files[i])))
                    {
                        throw new IOException($"'{PathOf(_files[i])}' cannot be another name of '{PathOf(first)}'.");
                    }

                    _files[i] = _files[i] with { Entry = entry with { Content = first.Entry.Content, Length = first.Entry.Length } };
                    break;
                case FileKind.SymbolicLink:
                    operations.CreateSymbolicLink(PathOf(_files[i]), entry.Target!);
                    SetMetadata(PathOf(_files[i]), entry);
                    break;
                case FileKind.Whiteout:
                    operations.CreateWhiteout(PathOf(_files[i]));
                    break;
            }
        }
    }

    private void Take(int index, ContentHasher hasher)
    {
        cancellation.ThrowIfCancellationRequested();
        var file = _files[index];
        var path = PathOf(file);
        ObjectClaim? earlier = null;
        if (cache.TryGet(file.Place, file.Stamp, out var known))
        {
            var entry = file.Entry with { Content = known };
            var claim = objects.Claim(entry);
            if (objects.TryShare(claim.Path, path, entry))
            {
                Finish(index, entry, null);
                return;
            }

            earlier = claim;
        }

        using var content = source.Open(file);
        var block = hasher.Read(content, 0);
        if (block.Length < ContentHasher.BlockLength)
        {
            source.CheckUnchanged(content, file);
            Keep(index, file.Entry with { Content = ContentDigest.Of(block), Length = block.Length }, earlier, path, content, block);
        }
        else
        {
            KeepLarge(index, earlier, path, content, hasher);
        }
    }

    // What fits into the buffer is written only if the store does not have it.
    private void Keep(int index, FileEntry entry, ObjectClaim? earlier, string path, SafeFileHandle content, ReadOnlySpan<byte> block)
    {
        var claimed = objects.Claim(entry, earlier).Path;
        if (objects.TryShare(claimed, path, entry))
        {
            Finish(index, entry, null);
            return;
        }

        if (!IsConsuming || !operations.Adopt(content, path))
        {
            using var made = operations.CreateContent(path);
            operations.WriteContent(made, block, 0);
        }

        Finish(index, entry, SetMetadata(path, entry) ? claimed : null);
    }

    // What does not is hashed while it is written, and dropped if the store turns out to have it.
    private void KeepLarge(int index, ObjectClaim? earlier, string path, SafeFileHandle content, ContentHasher hasher)
    {
        var entry = _files[index].Entry;
        if (IsConsuming && operations.Adopt(content, path))
        {
            entry = entry with { Content = hasher.Hash(content, cancellation, out var length), Length = length };
        }
        else
        {
            using var made = operations.CreateContent(path);
            entry = Copy(content, made, hasher, entry);
        }

        source.CheckUnchanged(content, _files[index]);
        var claimed = objects.Claim(entry, earlier).Path;
        if (File.Exists(claimed))
        {
            operations.Delete(path);
            if (objects.TryShare(claimed, path, entry))
            {
                Finish(index, entry, null);
                return;
            }

            using var made = operations.CreateContent(path);
            var again = Copy(content, made, hasher, entry);
            if (again.Content != entry.Content)
            {
                throw new IOException($"'{path}': its source was changed while it was read.");
            }

            claimed = null;
        }

        ShareBlocks(path, entry);
        Finish(index, entry, SetMetadata(path, entry) ? claimed : null);
    }

    private FileEntry Copy(SafeFileHandle from, SafeFileHandle to, ContentHasher hasher, FileEntry entry)
    {
        if (!_cannotClone)
        {
            if (operations.Clone(from, to))
            {
                // What is hashed is the copy, which nobody else can change.
                return entry with { Content = hasher.Hash(to, cancellation, out var cloned), Length = cloned };
            }

            _cannotClone = true;
        }

        var (length, begun) = (0L, 0L);
        for (Span<byte> block; (block = hasher.Read(from, length)).Length > 0; length += block.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            operations.WriteContent(to, block, length);
            hasher.Append(block);
            if (length - begun >= WriteBehind)
            {
                BeginWriting(to, begun, length - begun);
                begun = length;
            }
        }

        BeginWriting(to, begun, length - begun);
        return entry with { Content = hasher.Finish(), Length = length };
    }

    // Where the same content has other metadata the inode is another; its blocks can still be the same.
    private void ShareBlocks(string path, FileEntry entry)
    {
        if (_cannotShareBlocks || objects.Find(entry.Content) is not { } other)
        {
            return;
        }

        using var from = File.OpenHandle(other, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var to = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _cannotShareBlocks = RandomAccess.GetLength(from) != entry.Length || !operations.Clone(from, to);
    }

    // The disk works while the processor hashes. It is a hint: the flush at the end is what counts.
    private static void BeginWriting(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Libc.SyncFileRange(file, offset, length, Libc.SYNC_FILE_RANGE_WRITE);
        }
    }

    /// <returns>Whether everything could be given.</returns>
    private bool SetMetadata(string path, FileEntry entry)
    {
        if (operations.SetMetadata(path, entry) is not { } lost)
        {
            return true;
        }

        lock (_problems)
        {
            scanned.Problems.Add(new(FileProblemKind.Owner, _layout.PlaceOf(entry.Path), $"{lost}; the layer notes them, its tree is without"));
        }

        return false;
    }

    private void Finish(int index, FileEntry entry, string? published)
    {
        _files[index] = _files[index] with { Entry = entry };
        _published[index] = published;
        var done = Interlocked.Increment(ref _filesDone);
        var bytes = Interlocked.Add(ref _bytesDone, entry.Length);
        if (Progress is not null && (done % ReportedEvery == 0 || done == _fileCount || entry.Length >= WriteBehind))
        {
            Progress.Report(new(StoreStage.Copying, done, _fileCount, bytes, _totalBytes));
        }
    }
}
