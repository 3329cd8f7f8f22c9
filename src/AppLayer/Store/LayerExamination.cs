using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtFoundation.Formats;

namespace AppLayer.Store;

/// <summary>
/// Reads everything that a layer has, and compares it: record with manifest and hive, manifest with tree, content with digests. On the way it
/// looks for what would not move to another machine.
/// </summary>
internal sealed class LayerExamination(
    LayerDirectory directory, LayerRecord record, IProgress<StoreProgress>? progress, CancellationToken cancellation)
{
    private const int ReportedEvery = 64;

    private readonly FindingList _findings = new();

    internal IReadOnlyList<LayerFinding> Run()
    {
        var files = ReadFiles();
        var (registry, isHiveSound) = ReadRegistry();
        if (files is not null && isHiveSound && LayerDigest.Of(files, registry).ToString() != record.Digest)
        {
            Error(FindingCode.DigestDiffers, "", "manifest and registry give another digest than the layer's record");
        }

        ReportProblems();
        if (files is null)
        {
            return _findings.ToList();
        }

        using var tree = new SourceTree(directory.TreePath, record.Platform);
        var found = tree.Scan(cancellation);
        CompareEntries(files, found);
        ReadContents(files, found, tree);
        new Portability(files, _findings).Look();
        return _findings.ToList();
    }

    private void Error(FindingCode code, string path, string message) => _findings.Add(FindingSeverity.Error, code, path, message);

    private FileTree? ReadFiles()
    {
        if (ReadFile(directory.ManifestPath, record.ManifestDigest, FindingCode.ManifestDamaged) is not { } manifest)
        {
            return null;
        }

        try
        {
            return Manifest.Read(manifest);
        }
        catch (MalformedDataException e)
        {
            Error(FindingCode.ManifestDamaged, "", e.Message);
            return null;
        }
    }

    private (RegistryKey? Registry, bool IsSound) ReadRegistry()
    {
        if (record.HiveDigest is null)
        {
            return (null, true);
        }

        if (ReadFile(directory.HivePath, record.HiveDigest, FindingCode.RegistryDamaged) is not { } hive)
        {
            return (null, false);
        }

        try
        {
            return (HiveFile.Read(hive), true);
        }
        catch (HiveException e)
        {
            Error(FindingCode.RegistryDamaged, "", e.Message);
            return (null, false);
        }
    }

    private byte[]? ReadFile(string path, string digest, FindingCode code)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            if (ContentDigest.Of(content).ToString() != digest)
            {
                Error(code, "", $"'{Path.GetFileName(path)}' is not what was committed");
            }

            return content;
        }
        catch (FileNotFoundException)
        {
            Error(code, "", $"'{Path.GetFileName(path)}' is missing");
            return null;
        }
    }

    private void ReportProblems()
    {
        foreach (var problem in record.Problems)
        {
            _findings.Add(FindingSeverity.Warning, FindingCode.NotCommitted, problem.Path, problem.Message);
        }

        if (record.ProblemCount > record.Problems.Count)
        {
            _findings.Add(FindingSeverity.Warning, FindingCode.NotCommitted, "", $"{record.ProblemCount - record.Problems.Count} more could not be committed");
        }
    }

    private void CompareEntries(FileTree files, ScannedFiles found)
    {
        foreach (var problem in found.Problems)
        {
            Error(FindingCode.FileUnknown, problem.Path, problem.Message);
        }

        var there = found.Files.ToDictionary(file => file.Entry.Path, file => file.Entry, StringComparer.Ordinal);
        var hasOwners = record.Problems.All(problem => problem.Kind != FileProblemKind.Owner);
        foreach (var wanted in files.Entries)
        {
            if (!there.Remove(wanted.Path, out var entry))
            {
                // A Windows tree has no mark for a deletion on a file system of Windows.
                if (!(wanted.Kind == FileKind.Whiteout && OperatingSystem.IsWindows()))
                {
                    Error(FindingCode.FileMissing, wanted.Path, "the tree lacks it");
                }

                continue;
            }

            if (TreeDifference.Between(wanted, entry, hasOwners) is { } difference)
            {
                Error(FindingCode.MetadataDiffers, wanted.Path, difference);
            }
        }

        foreach (var path in there.Keys)
        {
            Error(FindingCode.FileUnknown, path, "the tree has it and the manifest does not");
        }
    }

    private void ReadContents(FileTree files, ScannedFiles found, SourceTree tree)
    {
        using var hasher = new ContentHasher();
        var paths = new PathSearch(record.Platform);
        var (done, bytes) = (0, 0L);
        var seen = new HashSet<int>();
        foreach (var file in found.Files.Where(file => file.Entry.Kind == FileKind.File && (file.Entry.HardLink == 0 || seen.Add(file.Entry.HardLink))))
        {
            if (!files.TryGet(file.Entry.Path, out var wanted) || wanted.Kind != FileKind.File)
            {
                continue;
            }

            using var content = tree.Open(file);
            paths.Begin();
            var length = 0L;
            for (Span<byte> block; (block = hasher.Read(content, length)).Length > 0; length += block.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                hasher.Append(block);
                paths.Look(block);
            }

            if (hasher.Finish() != wanted.Content)
            {
                Error(FindingCode.ContentDiffers, wanted.Path, "its content is not the one that was committed");
            }

            foreach (var (text, offset, isUsers) in paths.Found)
            {
                _findings.Add(isUsers ? FindingSeverity.Warning : FindingSeverity.Information,
                    isUsers ? FindingCode.UserInContent : FindingCode.PathInContent, wanted.Path, $"'{text}' at byte {offset}");
            }

            bytes += length;
            if (++done % ReportedEvery == 0 || done == record.Files)
            {
                progress?.Report(new(StoreStage.Checking, done, record.Files, bytes, record.Bytes));
            }
        }
    }
}
