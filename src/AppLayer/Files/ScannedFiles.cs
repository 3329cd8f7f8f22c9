using VirtSpecs;

namespace AppLayer.Files;

/// <summary>What a scan found, in the ordinal order of the paths; names of one file are numbered.</summary>
internal sealed class ScannedFiles
{
    internal ScannedFiles(LayerPlatform platform, List<ScannedFile> found, List<FileProblem> problems, IReadOnlyDictionary<(ulong, ulong), int> links)
    {
        found.Sort(static (left, right) => string.CompareOrdinal(left.Entry.Path, right.Entry.Path));
        var numbers = new Dictionary<(ulong, ulong), int>();
        for (var i = 0; i < found.Count; i++)
        {
            var key = (found[i].Stamp.Device, found[i].Stamp.Inode);
            if (found[i].Entry.Kind == FileKind.File && links.TryGetValue(key, out var names) && names > 1)
            {
                if (!numbers.TryGetValue(key, out var number))
                {
                    numbers.Add(key, number = numbers.Count + 1);
                }

                found[i] = found[i] with { Entry = found[i].Entry with { HardLink = number } };
            }
        }

        Platform = platform;
        Files = found;
        Problems = problems;
    }

    internal LayerPlatform Platform { get; }

    internal List<ScannedFile> Files { get; }

    internal List<FileProblem> Problems { get; }
}
