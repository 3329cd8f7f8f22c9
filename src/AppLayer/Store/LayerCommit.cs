using System.Text.Json;
using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtFoundation;

namespace AppLayer.Store;

/// <summary>
/// Makes a layer in a directory beside the others: first the tree, then manifest, hive and record, then everything is flushed. What is left is the
/// rename that makes it a layer.
/// </summary>
internal sealed class LayerCommit(StorePaths paths, IStoreOperations operations, LayerContent content, LayerIdentity identity, CancellationToken cancellation)
{
    private const int MostProblemsOfAKind = 25, LongestProblemPath = 400, LongestSpec = 1 << 18;

    private readonly DateTime _begun = DateTime.UtcNow;
    private TreeBuilder? _builder;
    private ScannedFiles? _scanned;

    /// <summary>Files that are read at the same time.</summary>
    internal int Threads { get; init; }

    internal IProgress<StoreProgress>? Progress { get; init; }

    /// <summary>Makes the layer's directory, complete and on the disk.</summary>
    internal LayerRecord Build(Guid id)
    {
        if (content.Spec?.Length > LongestSpec)
        {
            throw new VirtException(VirtErrorCode.LayerInvalid, $"The layer's spec has {content.Spec.Length} characters, more than {LongestSpec}.");
        }

        Progress?.Report(new(StoreStage.Scanning, 0, 0, 0, 0));
        var directory = paths.NewLayer(id);
        using var source = new SourceTree(content.TreeDirectory, identity.Platform);
        _scanned = source.Scan(cancellation);
        operations.CreateDirectory(directory.Path);
        var sourcePath = Path.GetFullPath(content.TreeDirectory);
        var cache = content.IsConsumed ? new() : StatCache.Read(paths.Cache(sourcePath), sourcePath);
        _builder = new(directory.TreePath, source, _scanned, new(paths, operations), operations, cache, cancellation)
        {
            IsConsuming = content.IsConsumed, Threads = Threads, Progress = Progress,
        };
        var files = _builder.Build();
        var record = WriteDescription(directory, id, files);
        Progress?.Report(new(StoreStage.Flushing, record.Files, record.Files, record.Bytes, record.Bytes));
        cancellation.ThrowIfCancellationRequested();
        operations.FlushFileSystem(directory.Path);
        return record;
    }

    /// <summary>Lets later layers share this one's files.</summary>
    internal void Publish() => _builder!.Publish();

    /// <summary>Notes what was learned of the source, or removes it where it was consumed. The layer is made; what fails here costs no one anything.</summary>
    internal void Conclude()
    {
        try
        {
            if (content.IsConsumed)
            {
                operations.DeleteDirectory(content.TreeDirectory);
                return;
            }

            var source = Path.GetFullPath(content.TreeDirectory);
            var cache = new StatCache();
            foreach (var file in _scanned!.Files.Where(file => file.Entry.Kind == FileKind.File))
            {
                cache.Add(file.Place, file.Stamp, file.Entry.Content, _begun);
            }

            operations.CreateDirectory(paths.CachesDirectory);
            var path = paths.Cache(source);
            var temporary = $"{path}.{Guid.NewGuid():N}";
            using (var file = operations.Create(temporary))
            {
                operations.Write(file, cache.ToBytes(source));
            }

            operations.Rename(temporary, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or VirtException)
        {
            return;
        }
    }

    private LayerRecord WriteDescription(LayerDirectory directory, Guid id, FileTree files)
    {
        ReadOnlyMemory<byte> manifest, hive = default;
        RegistryKey? registry = null;
        try
        {
            manifest = Manifest.Write(files);
            if (content.Registry is not null)
            {
                hive = HiveFile.ToBytes(content.Registry);
                registry = HiveFile.Read(hive);
            }
        }
        catch (ArgumentException e)
        {
            throw new VirtException(VirtErrorCode.LayerInvalid, $"'{identity.Name}' cannot become a layer: {e.Message}", e);
        }

        Write(directory.ManifestPath, manifest.Span);
        if (registry is not null)
        {
            Write(directory.HivePath, hive.Span);
        }

        var record = new LayerRecord
        {
            Id = id,
            Name = identity.Name,
            Version = identity.Version,
            Platform = identity.Platform,
            Digest = LayerDigest.Of(files, registry).ToString(),
            ManifestDigest = ContentDigest.Of(manifest.Span).ToString(),
            HiveDigest = registry is null ? null : ContentDigest.Of(hive.Span).ToString(),
            Created = _begun,
            Files = files.Entries.Count(entry => entry.Kind == FileKind.File),
            Bytes = files.Bytes,
            Description = identity.Description,
            Spec = content.Spec,
            Replaces = identity.Replaces,
            ProblemCount = _scanned!.Problems.Count,
            Problems = [.. _scanned.Problems.GroupBy(problem => problem.Kind).SelectMany(kind => kind.Take(MostProblemsOfAKind)).Select(Shorten)],
        };
        Write(directory.RecordPath, JsonSerializer.SerializeToUtf8Bytes(record, StoreJson.Default.LayerRecord));
        return record;
    }

    // The record must stay small, whatever names the source has.
    private static FileProblem Shorten(FileProblem problem) =>
        problem.Path.Length <= LongestProblemPath ? problem : problem with { Path = $"{problem.Path.AsSpan(0, LongestProblemPath)}…" };

    private void Write(string path, ReadOnlySpan<byte> data)
    {
        using var file = operations.Create(path);
        operations.Write(file, data);
        operations.Flush(file);
    }
}
