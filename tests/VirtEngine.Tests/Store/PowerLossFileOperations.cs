namespace VirtEngine.Tests.Store;

/// <summary>
/// Takes the real steps until the power goes. Then what was never flushed is lost: content of files, and, if the disk was slow with them,
/// names in directories.
/// </summary>
/// <param name="until">The step that is not taken any more, from 1 on.</param>
internal sealed class PowerLossFileOperations(int until) : FailingFileOperations((_, step) => step >= until)
{
    private readonly HashSet<string> dirty = [];
    private readonly List<(string Directory, Action Undo)> names = [];

    public override void CreateDirectory(string path)
    {
        base.CreateDirectory(path);
        names.Add((Path.GetDirectoryName(path)!, () => Directory.Delete(path, recursive: true)));
    }

    public override FileStream Create(string path)
    {
        var file = base.Create(path);
        dirty.Add(path);
        names.Add((Path.GetDirectoryName(path)!, () => File.Delete(path)));
        return file;
    }

    public override void Flush(FileStream file)
    {
        base.Flush(file);
        dirty.Remove(file.Name);
    }

    public override void RenameDirectory(string from, string to)
    {
        base.RenameDirectory(from, to);
        foreach (string path in dirty.Where(path => path.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            dirty.Remove(path);
            dirty.Add(to + path[from.Length..]);
        }
        names.Add((Path.GetDirectoryName(to)!, () => Directory.Move(to, from)));
    }

    public override void FlushDirectory(string path)
    {
        base.FlushDirectory(path);
        names.RemoveAll(name => name.Directory == path);
    }

    /// <summary>Brings the disk to what a system finds that starts again.</summary>
    /// <param name="keepNames">Whether names got to the disk though nobody waited for them.</param>
    internal void Settle(bool keepNames)
    {
        foreach (string path in dirty.Where(File.Exists)) File.WriteAllBytes(path, []);
        if (keepNames) return;
        // The last first: a directory that moved goes back before its files' names go.
        foreach (var (_, undo) in Enumerable.Reverse(names))
        {
            try
            {
                undo();
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted since: nothing to take back.
            }
        }
    }
}
