using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>
/// The layers of a root: a directory each, named by identity, with a tree, a manifest and a hive; and the contents that their trees share.
/// <c>docs/store.md</c> says how it stays whole whatever happens.
/// </summary>
public sealed class LayerStore
{
    // Longer than any change of the names takes; a commit or a collection may last.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongPatience = TimeSpan.FromHours(1);

    private const int LockAttempts = 10;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private readonly VirtRoot _root;
    private readonly StorePaths _paths;
    private readonly IStoreOperations _operations;

    /// <summary>The store of a root. Nothing is made before the first commit.</summary>
    public LayerStore(VirtRoot root)
        : this(root, StoreOperations.Instance)
    {
    }

    internal LayerStore(VirtRoot root, IStoreOperations operations)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
        _paths = new(root.LayersDirectory);
        _operations = operations;
    }

    /// <summary>Files that a commit reads at the same time.</summary>
    internal int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>All layers, ordered by name and version. A layer whose place another one took is not among them.</summary>
    /// <param name="onDamaged">Told of each directory whose record cannot be read; the others are listed. Null: the first such ends the listing.</param>
    /// <exception cref="VirtException">The store cannot be read.</exception>
    public IReadOnlyList<LayerInfo> List(Action<string, VirtException>? onDamaged = null) =>
        [.. Current(onDamaged).Select(Describe).OrderBy(layer => layer.Name, StringComparer.OrdinalIgnoreCase).ThenBy(layer => layer.Version, LayerVersion.Comparer)];

    /// <summary>A layer by identity, even one whose place another one took, as long as it is there.</summary>
    /// <exception cref="VirtException">There is none, or its record cannot be read.</exception>
    public LayerInfo Get(Guid id) => Describe(Read(id));

    /// <summary>A layer by name.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <exception cref="VirtException">There is none.</exception>
    public LayerInfo Find(string name, string? version = null)
    {
        var found = Current(static (_, _) => { })
            .Where(layer => Same(layer.Name, name) && (version is null || Same(layer.Version, version)))
            .MaxBy(layer => layer.Version, LayerVersion.Comparer);
        return found is not null ? Describe(found) : throw new VirtException(
            VirtErrorCode.LayerNotFound, $"There is no layer {(version is null ? $"named '{name}'" : $"'{name}@{version}'")}.");
    }

    /// <summary>
    /// Makes a layer. It is there wholly or, after any failure or a cancellation, not at all. One that would replace a layer that is the same in
    /// everything is not made: the result is that layer.
    /// </summary>
    /// <param name="content">What it is made from.</param>
    /// <param name="identity">What it is called.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">The name is in use, the content cannot become a layer, or the disk refuses.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public LayerInfo Commit(
        LayerContent content, LayerIdentity identity, IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(identity);
        if (!LayerReference.TryParse($"{identity.Name}@{identity.Version}", out _))
        {
            throw new VirtException(VirtErrorCode.LayerInvalid, $"'{identity.Name}@{identity.Version}' is no name and version of a layer.");
        }

        Prepare();
        using var store = FileLock.Take(_paths.StoreLock, LongPatience, shared: true, cancellation);
        var id = identity.Id ?? Guid.NewGuid();
        using var mine = FileLock.TryTake(_paths.LayerLock(id))!;
        try
        {
            Tidy();
            var replaced = CheckNames(identity);
            var commit = new LayerCommit(_paths, _operations, content, identity, cancellation) { Threads = Threads, Progress = progress };
            var record = commit.Build(id);
            if (replaced is not null && IsSame(replaced, record))
            {
                Abandon(id);
                commit.Conclude();
                return Describe(replaced);
            }

            commit.Publish();
            using (FileLock.Take(_paths.NamesLock, Patience, cancellation: cancellation))
            {
                CheckNames(identity);
                cancellation.ThrowIfCancellationRequested();
                _operations.RenameDirectory(_paths.NewLayer(id).Path, _paths.Layer(id).Path);
                _operations.FlushDirectory(_paths.Directory);
            }

            commit.Conclude();
            RetireNow(replaced);
            return Describe(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var failure = StoreErrors.Of($"'{identity.Name}@{identity.Version}' could not be committed", e, _paths.Directory);
            Abandon(id);
            throw failure;
        }
        catch
        {
            Abandon(id);
            throw;
        }
    }

    /// <summary>The files of a layer, from its manifest.</summary>
    /// <exception cref="VirtException">There is no such layer, or its manifest is damaged.</exception>
    public FileTree ReadFiles(Guid id)
    {
        var record = Read(id);
        var manifest = ReadAll(_paths.Layer(id).ManifestPath, record.ManifestDigest);
        try
        {
            var files = Manifest.Read(manifest);
            return files.Platform == record.Platform ? files : throw new ManifestException(0, "platform", $"it is not {record.Platform}, as the layer's");
        }
        catch (MalformedDataException e)
        {
            throw Damaged(_paths.Layer(id).ManifestPath, e.Message, e);
        }
    }

    /// <summary>Full path of a layer's tree, ready to be an overlay's lower directory. Nobody may change anything in it.</summary>
    /// <exception cref="VirtException">There is no such layer.</exception>
    public string TreeDirectory(Guid id)
    {
        Read(id);
        return _paths.Layer(id).TreePath;
    }

    /// <summary>The registry entries of a layer.</summary>
    /// <returns>Null if it has none.</returns>
    /// <exception cref="VirtException">There is no such layer, or its hive is damaged.</exception>
    public RegistryKey? ReadRegistry(Guid id)
    {
        var record = Read(id);
        if (record.HiveDigest is null)
        {
            return null;
        }

        try
        {
            return HiveFile.Read(ReadAll(_paths.Layer(id).HivePath, record.HiveDigest));
        }
        catch (HiveException e)
        {
            throw Damaged(_paths.Layer(id).HivePath, e.Message, e);
        }
    }

    /// <summary>Keeps layers where they are, until the result is disposed of or this process ends.</summary>
    /// <exception cref="VirtException">One of them is not there.</exception>
    public LayerHold Hold(IReadOnlyCollection<Guid> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Guid[] distinct = [.. ids.Distinct()];
        var locks = new List<FileLock>();
        try
        {
            if (distinct.Length > 0)
            {
                Prepare();
                using var store = FileLock.Take(_paths.StoreLock, Patience, shared: true);
                foreach (var id in distinct)
                {
                    Read(id); // Before the lock's file is made for nothing,
                    locks.Add(FileLock.Take(_paths.LayerLock(id), Patience, shared: true));
                    Read(id); // and again, since it could be removed in between.
                }
            }

            return new(distinct, locks);
        }
        catch
        {
            locks.ForEach(one => one.Dispose());
            throw;
        }
    }

    /// <summary>Whether somebody holds a layer.</summary>
    public bool IsHeld(Guid id)
    {
        if (!File.Exists(_paths.LayerLock(id)))
        {
            return false;
        }

        using var free = FileLock.TryTake(_paths.LayerLock(id));
        return free is null;
    }

    /// <summary>The spec that a layer was made from, as <see cref="SpecJson"/> writes it; null if it was made of a capture by hand.</summary>
    /// <exception cref="VirtException">There is no such layer.</exception>
    public string? ReadSpec(Guid id) => Read(id).Spec;

    /// <summary>Keeps another spec of a layer, one that describes the same content: with other notes or labels, or its name in another case.</summary>
    /// <exception cref="VirtException">There is no such layer, or the disk refuses; the old spec stands.</exception>
    public void KeepSpec(Guid id, Layer spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using (FileLock.Take(_paths.NamesLock, Patience))
        {
            LayerDirectory.RecordFile.Write(
                _paths.Layer(id).RecordPath, Read(id) with { Name = spec.Name, Description = spec.Notes, Spec = SpecJson.Write(spec) }, _operations);
        }
    }

    /// <summary>Removes a layer that nobody holds. It leaves its place in one step; contents that no layer has any more go with a collection.</summary>
    /// <exception cref="VirtException">There is no such layer, or somebody holds it.</exception>
    public void Remove(Guid id)
    {
        if (!Directory.Exists(_paths.Layer(id).Path))
        {
            throw NotFound(id);
        }

        Prepare();
        using var store = FileLock.Take(_paths.StoreLock, LongPatience, shared: true);
        try
        {
            Tidy();
            using (FileLock.Take(_paths.NamesLock, Patience))
            {
                using var free = TakeAlone(id) ?? throw Busy(id, "is in use");
                Discard(id);
            }

            Sweep();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.Of($"The layer {id} could not be removed", e, _paths.Directory);
        }
    }

    /// <summary>Removes contents that no layer's tree has, replaced layers that nobody holds, and what cut-off commits left.</summary>
    /// <exception cref="VirtException">The disk refuses, or a commit lasts for longer than an hour.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; it can be done again at any time.</exception>
    public CollectionResult Collect(CancellationToken cancellation = default)
    {
        if (!Directory.Exists(_paths.Directory))
        {
            return new(0, 0, 0, 0);
        }

        Prepare();
        using var store = FileLock.Take(_paths.StoreLock, LongPatience, shared: false, cancellation);
        try
        {
            var (layers, abandoned) = Tidy();
            var (objects, bytes) = new ObjectStore(_paths, _operations).Collect(cancellation);
            CollectLocks();
            CollectCaches();
            return new(objects, bytes, layers, abandoned);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.Of("The store could not be collected", e, _paths.Directory);
        }
    }

    /// <summary>Reads a layer wholly and compares it with what was committed; and looks for what would not move to another machine.</summary>
    /// <param name="id">The layer.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">There is no such layer, or the disk refuses.</exception>
    public LayerCheck Test(Guid id, IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var held = Hold([id]);
        var record = Read(id);
        try
        {
            return new(Describe(record), new LayerExamination(_paths.Layer(id), record, progress, cancellation).Run());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{record.Name}@{record.Version}' could not be checked", e);
        }
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(LayerRecord old, LayerRecord made) =>
        old.ManifestDigest == made.ManifestDigest && old.HiveDigest == made.HiveDigest && old.Platform == made.Platform
        && old.Name == made.Name && old.Version == made.Version && old.Description == made.Description && old.Spec == made.Spec;

    private static VirtException NotFound(Guid id) => new(VirtErrorCode.LayerNotFound, $"There is no layer with the id {id}.");

    private static VirtException Damaged(string path, string why, Exception? cause = null) =>
        new(VirtErrorCode.LayerDamaged, $"'{path}' is damaged: {why}", cause);

    private VirtException Busy(Guid id, string what) =>
        new(VirtErrorCode.LayerInUse, $"'{(TryRead(id) is { } record ? $"{record.Name}@{record.Version}" : id)}' {what}.");

    private static byte[] ReadAll(string path, string digest)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(path, "it is missing", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' cannot be read", e);
        }

        return ContentDigest.Of(content).ToString() == digest ? content : throw Damaged(path, "it is not what was committed");
    }

    private LayerInfo Describe(LayerRecord record) => new()
    {
        Id = record.Id,
        Name = record.Name,
        Version = record.Version,
        Platform = record.Platform,
        Digest = record.Digest,
        Created = record.Created,
        Files = record.Files,
        Bytes = record.Bytes,
        HostName = Environment.MachineName,
        Directory = _paths.Layer(record.Id).Path,
        Description = record.Description,
    };

    private void Prepare()
    {
        _root.Create();
        RestrictedFiles.CreateDirectory(_paths.LocksDirectory);
        if (StoreRecord.File.TryRead(_paths.Record) is not null)
        {
            return;
        }

        using var names = FileLock.Take(_paths.NamesLock, Patience);
        if (StoreRecord.File.TryRead(_paths.Record) is null)
        {
            StoreRecord.File.Write(_paths.Record, new(), _operations);
        }
    }

    private LayerRecord Read(Guid id)
    {
        var directory = _paths.Layer(id);
        var record = LayerDirectory.RecordFile.TryRead(directory.RecordPath);
        return record is null ? throw (Directory.Exists(directory.Path) ? Damaged(directory.RecordPath, "it is missing") : NotFound(id))
            : record.Id == id ? record
            : throw Damaged(directory.RecordPath, $"it belongs to another layer, {record.Id}");
    }

    private LayerRecord? TryRead(Guid id)
    {
        try
        {
            return Read(id);
        }
        catch (VirtException)
        {
            return null; // A damaged layer can be removed too, and has no name then.
        }
    }

    private List<LayerRecord> All(Action<string, VirtException>? onDamaged)
    {
        var layers = new List<LayerRecord>();
        foreach (var path in _root.FindDirectories(_paths.Directory))
        {
            if (!Guid.TryParseExact(Path.GetFileName(path), "N", out var id))
            {
                continue;
            }

            try
            {
                layers.Add(Read(id));
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.LayerNotFound)
            {
                continue; // Removed in this moment.
            }
            catch (VirtException e) when (onDamaged is not null)
            {
                onDamaged(path, e);
            }
        }

        return layers;
    }

    private IEnumerable<LayerRecord> Current(Action<string, VirtException>? onDamaged)
    {
        var all = All(onDamaged);
        var replaced = all.Select(layer => layer.Replaces).ToHashSet();
        return all.Where(layer => !replaced.Contains(layer.Id) && !File.Exists(_paths.Layer(layer.Id).ReplacedPath));
    }

    // The layer that is to be replaced, if there is one to be.
    private LayerRecord? CheckNames(LayerIdentity identity)
    {
        var layers = Current(static (_, _) => { }).ToList();
        var replaced = layers.Find(layer => layer.Id == identity.Replaces);
        if (identity.Replaces is { } id && replaced is null)
        {
            throw NotFound(id);
        }

        return layers.Find(layer => Same(layer.Name, identity.Name) && Same(layer.Version, identity.Version) && layer != replaced) is { } other
            ? throw new VirtException(VirtErrorCode.LayerNameInUse, $"A layer '{other.Name}@{other.Version}' exists already ({other.Id}).")
            : replaced;
    }

    // Who asks whether a layer is held has its lock for a moment.
    private FileLock? TakeAlone(Guid id)
    {
        for (var attempt = 1; ; attempt++)
        {
            var taken = FileLock.TryTake(_paths.LayerLock(id));
            if (taken is not null || attempt == LockAttempts)
            {
                return taken;
            }

            Thread.Sleep(LockPause);
        }
    }

    // What every command that changes the store begins with: layers that were replaced and that nobody holds any more go, and so does what
    // cut-off commands left.
    private (int Layers, int Abandoned) Tidy()
    {
        var abandoned = Sweep();
        var all = All(static (_, _) => { });
        var replaced = all.Select(layer => layer.Replaces).ToHashSet();
        var layers = all.Count(layer => (replaced.Contains(layer.Id) || File.Exists(_paths.Layer(layer.Id).ReplacedPath)) && Retire(layer.Id));
        Sweep();
        return (layers, abandoned);
    }

    // The new layer is made: that the old one's files cannot go now is no failure, the next command tries again.
    private void RetireNow(LayerRecord? replaced)
    {
        try
        {
            if (replaced is not null)
            {
                Retire(replaced.Id);
                Sweep();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or VirtException)
        {
            return;
        }
    }

    // Takes a replaced layer out of its place, or, while somebody holds it, notes that it is replaced.
    private bool Retire(Guid id)
    {
        using var free = FileLock.TryTake(_paths.LayerLock(id));
        if (!Directory.Exists(_paths.Layer(id).Path))
        {
            return false; // Another command was here first.
        }

        if (free is null)
        {
            if (!File.Exists(_paths.Layer(id).ReplacedPath))
            {
                AtomicFile.Replace(_paths.Layer(id).ReplacedPath, [], _operations);
            }

            return false;
        }

        Discard(id);
        return true;
    }

    // What it replaced goes first, or would come back to light.
    private void Discard(Guid id)
    {
        if (TryRead(id)?.Replaces is { } replaced)
        {
            Retire(replaced);
        }

        _operations.RenameDirectory(_paths.Layer(id).Path, _paths.RemovedLayer(id));
        _operations.FlushDirectory(_paths.Directory);
    }

    // The cause of the failure is what is told; what stays is swept away by the next command.
    private void Abandon(Guid id)
    {
        try
        {
            if (Directory.Exists(_paths.NewLayer(id).Path))
            {
                _operations.DeleteDirectory(_paths.NewLayer(id).Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    // Layers that were being made by who is gone, and those that were removed. Who makes a layer has its lock first.
    private int Sweep()
    {
        var swept = 0;
        foreach (var path in _root.FindDirectories(_paths.Directory))
        {
            var name = Path.GetFileName(path);
            var prefix = Array.Find([StorePaths.New, StorePaths.Removed], prefix => name.StartsWith(prefix, StringComparison.Ordinal));
            if (prefix is null || !Guid.TryParseExact(name[prefix.Length..], "N", out var id))
            {
                continue;
            }

            using var free = FileLock.TryTake(_paths.LayerLock(id));
            if (free is null)
            {
                continue;
            }

            try
            {
                _operations.DeleteDirectory(path);
                swept++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // Another sweep was here first, or a file of it is still open (Windows): the next one takes it.
            }
        }

        return swept;
    }

    // Nobody takes a layer's lock while the store is held alone.
    private void CollectLocks()
    {
        foreach (var path in Directory.EnumerateFiles(_paths.LocksDirectory))
        {
            if (Guid.TryParseExact(Path.GetFileName(path), "N", out var id) && !Directory.Exists(_paths.Layer(id).Path))
            {
                using var free = FileLock.TryTake(path);
                if (free is not null && !OperatingSystem.IsWindows())
                {
                    _operations.Delete(path);
                }
            }
        }
    }

    private void CollectCaches()
    {
        if (!Directory.Exists(_paths.CachesDirectory))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(_paths.CachesDirectory))
        {
            if (StatCache.SourceOf(path) is not { } source || !Directory.Exists(source) || _paths.Cache(source) != path)
            {
                _operations.Delete(path);
            }
        }
    }
}
