using VirtSpecs;

namespace AppLayer.Files;

/// <summary>Reads a directory on Windows, whose file system has no marks of overlayfs: deletions are in a layer's manifest alone.</summary>
internal static class WindowsFileReader
{
    private const FileAttributes Kept = FileAttributes.ReadOnly | FileAttributes.Hidden | FileAttributes.System
        | FileAttributes.Archive | FileAttributes.NotContentIndexed;

    internal static ScannedFiles Scan(string directory, LayerPlatform platform, CancellationToken cancellation)
    {
        var found = new List<ScannedFile>();
        var layout = LayerLayout.For(platform);
        var root = new DirectoryInfo(directory);
        if (layout.PathOf("") is { } rootPath)
        {
            found.Add(Scanned(root, "", rootPath));
        }

        var pending = new Stack<(DirectoryInfo, string)>();
        pending.Push((root, ""));
        while (pending.TryPop(out var next))
        {
            foreach (var info in next.Item1.EnumerateFileSystemInfos())
            {
                cancellation.ThrowIfCancellationRequested();
                var place = next.Item2.Length == 0 ? info.Name : $"{next.Item2}/{info.Name}";
                if (layout.PathOf(place) is not { } path)
                {
                    continue;
                }

                var scanned = Scanned(info, place, path);
                found.Add(scanned);
                if (scanned.Entry.Kind == FileKind.Directory)
                {
                    pending.Push(((DirectoryInfo)info, place));
                }
            }
        }

        return new(platform, found, [], new Dictionary<(ulong, ulong), int>());
    }

    private static ScannedFile Scanned(FileSystemInfo info, string place, string path)
    {
        var length = info is FileInfo file && info.LinkTarget is null ? file.Length : 0;
        var modified = FileTime.From(info.LastWriteTimeUtc);
        return new(new()
        {
            Path = path,
            Kind = info.LinkTarget is not null ? FileKind.SymbolicLink : info is DirectoryInfo ? FileKind.Directory : FileKind.File,
            Modified = modified,
            Created = FileTime.From(info.CreationTimeUtc),
            Attributes = info.Attributes & Kept,
            Target = info.LinkTarget,
            Length = length,
        }, place, new(0, 0, length, (long)modified.Ticks, 0));
    }
}
