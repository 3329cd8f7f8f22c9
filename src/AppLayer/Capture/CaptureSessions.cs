using AppLayer.Capture.Noise;
using AppLayer.Capture.Sessions;
using AppLayer.Capture.Trees;
using AppLayer.Footprint;
using AppLayer.Registry;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Capture;

/// <summary>
/// Captures around whatever is done by hand: what stood at some places is noted at the start and compared at the stop. They outlive shells and
/// restarts of the computer, and end with a stop that succeeds or with their removal.
/// </summary>
public sealed class CaptureSessions
{
    private static readonly string[] LinuxPlaces = ["/usr", "/etc", "/opt", "/var", "/srv"];
    private static readonly Environment.SpecialFolder[] WindowsPlaces =
    [
        Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.CommonApplicationData,
        Environment.SpecialFolder.Windows, Environment.SpecialFolder.UserProfile,
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly VirtRoot _root;
    private readonly IStoreOperations _operations;
    private readonly CaptureArea _area;

    /// <summary>The captures of a root.</summary>
    public CaptureSessions(VirtRoot root)
        : this(root, StoreOperations.Instance)
    {
    }

    internal CaptureSessions(VirtRoot root, IStoreOperations operations)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
        _operations = operations;
        _area = new(root, operations);
    }

    /// <summary>Starts a capture: notes what stands at the places.</summary>
    /// <param name="start">What to watch.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it; no capture is left.</param>
    /// <exception cref="VirtException">The name is in use, the places cannot be watched, or the disk refuses.</exception>
    public Task<CaptureInfo> StartAsync(CaptureStart start, IProgress<CaptureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Task.Run(() => Start(start, progress, cancellation), cancellation);
    }

    /// <summary>The captures that were started, by name.</summary>
    /// <param name="onDamaged">Told of each directory whose record cannot be read; null: the first such ends the listing.</param>
    /// <exception cref="VirtException">They cannot be read.</exception>
    public IReadOnlyList<CaptureInfo> List(Action<string, VirtException>? onDamaged = null)
    {
        var captures = new List<CaptureInfo>();
        foreach (var directory in _area.All())
        {
            try
            {
                if (CaptureDirectory.RecordFile.TryRead(directory.RecordPath) is { } record && !_area.IsOver(record))
                {
                    captures.Add(Describe(record, directory));
                }
            }
            catch (VirtException e) when (onDamaged is not null)
            {
                onDamaged(directory.Path, e);
            }
        }

        return [.. captures.OrderBy(capture => capture.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>A capture by name, in any case.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    public CaptureInfo Find(string name) => List(static (_, _) => { }).FirstOrDefault(capture => IsNamed(capture, name))
        ?? throw new VirtException(VirtErrorCode.CaptureNotFound, $"No capture named '{name}' was started.");

    /// <summary>
    /// Stops a capture: makes a layer of what changed since its start. The capture is over when the layer is there; after any failure it is as
    /// it was, and can be stopped again.
    /// </summary>
    /// <param name="id">The capture.</param>
    /// <param name="identity">What the layer is called. Its platform must be the capture's.</param>
    /// <param name="rules">What of it becomes the layer, beyond the built-in rules.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">There is no such capture, somebody works on it, or no layer can be made of what changed.</exception>
    public Task<CaptureResult> StopAsync(
        Guid id, LayerIdentity identity, LayerRules? rules = null, IProgress<CaptureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Task.Run(() => Stop(id, identity, rules ?? new(), progress, cancellation), cancellation);
    }

    /// <summary>Gives a capture up. What was installed stays where it is.</summary>
    /// <exception cref="VirtException">There is no such capture, or somebody works on it.</exception>
    public void Remove(Guid id)
    {
        _area.Sweep();
        var directory = _area.Of(id);
        using var held = Take(directory);
        Try(() => _area.Remove(directory), $"The capture {id} could not be removed");
    }

    private CaptureInfo Start(CaptureStart start, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        if (!LayerReference.TryParse(start.Name, out var reference) || reference.Version is not null)
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{start.Name}' cannot be a capture's name: up to 63 letters, digits, '.', '_' and '-'.");
        }

        var (root, user) = FindRoot(start);
        var places = FindPlaces(start, root, user);
        var id = Guid.NewGuid();
        var made = _area.NewOf(id);
        try
        {
            _area.Prepare();
            _area.Sweep();
            _operations.CreateDirectory(made.Path);
            using var held = FileLock.TryTake(made.LockPath)!;
            progress?.Report(new(CapturePhase.Scanning));
            var snapshot = FootprintSnapshot.Take(
                places, made.BeforePath, start.Digests ? DigestRule.All : DigestRule.Recent, Scanning(progress), cancellation, _operations);
            if (user is not null)
            {
                new LivePrefix(root).CopyRegistry(made.RegistryPath, _operations);
            }

            var record = new CaptureRecord
            {
                Id = id,
                Name = start.Name,
                Platform = start.Platform,
                Root = root,
                Places = [.. places.Select(place => place.Path)],
                User = user,
                Started = snapshot.Taken,
            };
            CaptureDirectory.RecordFile.Write(made.RecordPath, record, _operations);
            using (FileLock.Take(Path.Combine(_area.Path, "names.lock"), TimeSpan.FromSeconds(30), cancellation: cancellation))
            {
                if (List(static (_, _) => { }).FirstOrDefault(capture => IsNamed(capture, start.Name)) is { } other)
                {
                    throw new VirtException(VirtErrorCode.CaptureNameInUse, $"A capture named '{other.Name}' was started on {other.Started:u} already ({other.Id}).");
                }

                cancellation.ThrowIfCancellationRequested();
                _operations.RenameDirectory(made.Path, _area.Of(id).Path);
                _operations.FlushDirectory(_area.Path);
            }

            return Describe(record, _area.Of(id));
        }
        catch (Exception e)
        {
            _area.TryDelete(made.Path);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw VirtException.Storage($"The capture '{start.Name}' could not be started", e);
            }

            throw;
        }
    }

    private CaptureResult Stop(Guid id, LayerIdentity identity, LayerRules rules, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        _area.Sweep();
        var directory = _area.Of(id);
        using var held = Take(directory);
        var record = CaptureDirectory.RecordFile.TryRead(directory.RecordPath) ?? throw NotFound(id);
        if (record.Platform != identity.Platform)
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, $"The capture '{record.Name}' is one of {record.Platform}, and no layer of {identity.Platform} can come of it.");
        }

        var noise = NoiseRules.For(record.Platform, rules, _root);
        CaptureResult? result = null;
        try
        {
            Try(() =>
            {
                if (Directory.Exists(directory.WorkPath))
                {
                    _operations.DeleteDirectory(directory.WorkPath); // Of a stop that was cut off.
                }

                _operations.CreateDirectory(directory.WorkPath);
                result = MakeLayer(directory, record, identity, noise, progress, cancellation);
            }, $"The capture '{record.Name}' could not be stopped");
        }
        finally
        {
            _area.TryDelete(directory.WorkPath);
        }

        try
        {
            _area.Remove(directory);
            return result!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The layer is there: that the capture is too is no reason to say it were not.
            return result! with { Problems = [.. result.Problems, $"'{directory.Path}' could not be removed: {e.Message}"] };
        }
    }

    private CaptureResult MakeLayer(
        CaptureDirectory directory, CaptureRecord record, LayerIdentity identity, NoiseRules noise, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new(CapturePhase.Scanning));
        var tree = Path.Combine(directory.WorkPath, "tree");
        var writer = new TreeWriter(tree, record.Platform, _operations);
        var difference = new LiveDifference(record, writer, cancellation);
        RegistryKey? registry = null;
        if (record.User is { } user)
        {
            var prefix = new LivePrefix(record.Root);
            prefix.CheckIdle();
            registry = prefix.Since(directory.RegistryPath, user);
        }

        using (var before = FootprintSnapshot.OpenReader(directory.BeforePath))
        {
            var now = Path.Combine(directory.WorkPath, "after.footprint");
            FootprintSnapshot.Take([.. before.Places], now, DigestRule.None, Scanning(progress), cancellation, _operations);
            using var after = FootprintSnapshot.OpenReader(now);
            progress?.Report(new(CapturePhase.Collecting));
            difference.Write(before, after);
        }

        progress?.Report(new(CapturePhase.RemovingNoise));
        var filter = new NoiseFilter(noise, difference, control: null);
        filter.Clean(tree, cancellation);
        registry = registry is null ? null : filter.Clean(registry);
        // Whoever comes after a stop that was cut off knows by it whether the layer was made.
        var id = Guid.NewGuid();
        CaptureDirectory.RecordFile.Write(directory.RecordPath, record with { Layer = id }, _operations);
        var layer = new LayerStore(_root, _operations).Commit(
            new(tree) { Registry = registry, IsConsumed = true }, identity with { Id = id }, Committing(progress), cancellation);
        return new() { Layer = layer, Removed = filter.Removals, Problems = [.. difference.Problems, .. writer.Problems] };
    }

    private static (string Root, string? User) FindRoot(CaptureStart start)
    {
        if (OperatingSystem.IsWindows())
        {
            return start.Platform == LayerPlatform.Windows
                ? (start.Root ?? Path.GetPathRoot(Environment.SystemDirectory)!, null)
                : throw new VirtException(VirtErrorCode.ParameterInvalid, "Linux programs cannot be captured on Windows.");
        }

        if (start.Platform == LayerPlatform.Linux)
        {
            return (Path.TrimEndingDirectorySeparator(Path.GetFullPath(start.Root ?? "/")), null);
        }

        var prefix = Path.TrimEndingDirectorySeparator(Path.GetFullPath(start.Root
            ?? throw new VirtException(VirtErrorCode.ParameterInvalid, "A capture of Windows programs on Linux needs the Wine prefix that they are installed in.")));
        var user = new LivePrefix(prefix).FindUser();
        new LivePrefix(prefix).CheckIdle();
        return (prefix, user);
    }

    private List<FootprintPlace> FindPlaces(CaptureStart start, string root, string? user)
    {
        IEnumerable<string> wanted = start.Places.Count > 0 ? start.Places.Select(Path.GetFullPath)
            : user is not null ? [Path.Combine(root, "drive_c")]
            : OperatingSystem.IsWindows() ? WindowsPlaces.Select(Environment.GetFolderPath)
            : LinuxPlaces.Select(place => Path.Combine(root, place.TrimStart('/')));
        var excluded = start.Excluded.Select(Path.GetFullPath).Append(_root.Directory).ToList();
        var places = new List<FootprintPlace>();
        foreach (var path in wanted)
        {
            if (!IsIn(path, root))
            {
                throw new VirtException(VirtErrorCode.ParameterInvalid, $"The place '{path}' does not lie in '{root}'.");
            }

            places.Add(new(path) { Excluded = [.. excluded.Where(one => IsIn(one, path) && one != path)] });
        }

        return places;
    }

    private static bool IsIn(string path, string directory) =>
        path == directory || Path.TrimEndingDirectorySeparator(path).StartsWith(Path.TrimEndingDirectorySeparator(directory).TrimEnd('/') + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // A program that this process starts in the same moment holds what this process lets go, until it is itself.
    private static FileLock Take(CaptureDirectory directory)
    {
        if (!Directory.Exists(directory.Path))
        {
            throw NotFound(Guid.Parse(Path.GetFileName(directory.Path)));
        }

        var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            if (FileLock.TryTake(directory.LockPath) is { } held)
            {
                return held;
            }

            if (Environment.TickCount64 > end)
            {
                throw new VirtException(VirtErrorCode.CaptureInUse, $"Another command works on the capture in '{directory.Path}'.");
            }

            Thread.Sleep(10);
        }
    }

    private static VirtException NotFound(Guid id) => new(VirtErrorCode.CaptureNotFound, $"There is no capture with the id {id}.");

    private static bool IsNamed(CaptureInfo capture, string name) => string.Equals(capture.Name, name, StringComparison.OrdinalIgnoreCase);

    private static CaptureInfo Describe(CaptureRecord record, CaptureDirectory directory) => new()
    {
        Id = record.Id,
        Name = record.Name,
        HostName = Environment.MachineName,
        Platform = record.Platform,
        Root = record.Root,
        Places = record.Places,
        Started = record.Started,
        Directory = directory.Path,
    };

    private static ProgressRelay<FootprintProgress, CaptureProgress>? Scanning(IProgress<CaptureProgress>? progress) =>
        progress is null ? null : new(progress, done => new(CapturePhase.Scanning, done.Entries, 0, done.Bytes));

    internal static ProgressRelay<StoreProgress, CaptureProgress>? Committing(IProgress<CaptureProgress>? progress) =>
        progress is null ? null : new(progress, done => new(CapturePhase.Committing, done.Files, done.TotalFiles, done.Bytes, done.TotalBytes));

    private static void Try(Action action, string what)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage(what, e);
        }
        catch (MalformedDataException e)
        {
            throw new VirtException(VirtErrorCode.CaptureFailed, $"{what}: {e.Message}", e);
        }
    }
}
