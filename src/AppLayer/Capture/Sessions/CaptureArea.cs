using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Store;

namespace AppLayer.Capture.Sessions;

/// <summary>
/// Where captures are: a directory per capture, named by its identity. One that is being made or removed bears another name until it is
/// whole or gone, and is swept away by the next command if whoever does that is gone.
/// </summary>
/// <param name="root">The root of VirtTools.</param>
/// <param name="operations">The file system.</param>
internal sealed class CaptureArea(VirtRoot root, IFileOperations operations)
{
    private const string New = ".new-";
    private const string Removed = ".removed-";
    private const string Work = ".work-";

    internal string Path => System.IO.Path.Combine(root.Directory, "captures");

    internal CaptureDirectory Of(Guid id) => new(System.IO.Path.Combine(Path, id.ToString("N")));

    internal CaptureDirectory NewOf(Guid id) => new(System.IO.Path.Combine(Path, $"{New}{id:N}"));

    /// <summary>Makes the root's directories.</summary>
    internal void Prepare()
    {
        root.Create();
        operations.CreateDirectory(Path);
    }

    /// <summary>A directory to work in, removed when the result is disposed of or, if this process dies, by the next command.</summary>
    internal WorkDirectory CreateWork()
    {
        Prepare();
        Sweep();
        var directory = new CaptureDirectory(System.IO.Path.Combine(Path, $"{Work}{Guid.NewGuid():N}"));
        operations.CreateDirectory(directory.Path);
        return new(directory.Path, FileLock.TryTake(directory.LockPath)!);
    }

    /// <summary>The captures that are there, whole.</summary>
    internal IEnumerable<CaptureDirectory> All() => root.FindDirectories(Path)
        .Where(path => Guid.TryParseExact(System.IO.Path.GetFileName(path), "N", out _))
        .Select(path => new CaptureDirectory(path));

    /// <summary>Whether a capture's layer is made: then a stop was cut off before it could remove the capture.</summary>
    internal bool IsOver(CaptureRecord record) => record.Layer is { } layer && Directory.Exists(new StorePaths(root.LayersDirectory).Layer(layer).Path);

    /// <summary>Removes a capture: it leaves its place in one step. The caller holds its lock.</summary>
    /// <exception cref="IOException">The disk refuses; the capture is whole.</exception>
    internal void Remove(CaptureDirectory capture)
    {
        var aside = System.IO.Path.Combine(Path, Removed + System.IO.Path.GetFileName(capture.Path));
        operations.RenameDirectory(capture.Path, aside);
        operations.FlushDirectory(Path);
        TryDelete(aside);
    }

    /// <summary>Removes what was left by commands that were cut off.</summary>
    internal void Sweep()
    {
        foreach (var path in root.FindDirectories(Path))
        {
            try
            {
                Sweep(new(path), System.IO.Path.GetFileName(path));
            }
            catch (Exception e) when (e is VirtException or IOException or UnauthorizedAccessException)
            {
                continue; // Another command removes it in this moment, or the disk refuses: the next sweep takes it.
            }
        }
    }

    private void Sweep(CaptureDirectory capture, string name)
    {
        var isCapture = Guid.TryParseExact(name, "N", out _);
        var left = isCapture ? capture.WorkPath
            : Array.Exists([New, Removed, Work], prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? capture.Path
            : null;
        if ((left is null || !Directory.Exists(left)) && !(isCapture && IsOver(capture)))
        {
            return;
        }

        using var free = FileLock.TryTake(capture.LockPath);
        if (free is null)
        {
            return;
        }

        if (isCapture && IsOver(capture))
        {
            // Who made the layer may have been cut off before its name was on the disk.
            operations.FlushDirectory(root.LayersDirectory);
            Remove(capture);
        }
        else
        {
            TryDelete(left!);
        }
    }

    private bool IsOver(CaptureDirectory capture) => CaptureDirectory.RecordFile.TryRead(capture.RecordPath) is { } record && IsOver(record);

    /// <summary>Removes a directory that is no use any more; what cannot be removed now is taken by the next sweep.</summary>
    internal void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                operations.DeleteDirectory(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
