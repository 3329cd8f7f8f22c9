namespace VirtTools.Tests;

/// <summary>
/// Takes the real steps until the power goes. Then what was never flushed is lost: content of files, and, if the disk was slow with them,
/// names in directories.
/// </summary>
/// <param name="until">The step that is not taken any more, from 1 on.</param>
internal sealed class PowerLossFileOperations(int until) : FailingFileOperations((_, step) => step >= until)
{
    private readonly HashSet<string> _dirty = [];
    private readonly List<(string Directory, Action Undo)> _names = [];

    public override void CreateDirectory(string path)
    {
        base.CreateDirectory(path);
        _names.Add((Path.GetDirectoryName(path)!, () => Directory.Delete(path, recursive: true)));
    }

    public override FileStream Create(string path)
    {
        var file = base.Create(path);
        _dirty.Add(path);
        _names.Add((Path.GetDirectoryName(path)!, () => File.Delete(path)));
        return file;
    }

    public override void Flush(FileStream file)
    {
        base.Flush(file);
        _dirty.Remove(file.Name);
    }

    public override void RenameDirectory(string from, string to)
    {
        base.RenameDirectory(from, to);
        foreach (string path in _dirty.Where(path => path.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            _dirty.Remove(path);
            _dirty.Add(to + path[from.Length..]);
        }
        _names.Add((Path.GetDirectoryName(to)!, () => Directory.Move(to, from)));
    }

    public override void FlushDirectory(string path)
    {
        base.FlushDirectory(path);
        _names.RemoveAll(name => name.Directory == path);
    }

    /// <summary>Brings the disk to what a system finds that starts again.</summary>
    /// <param name="keepNames">Whether names got to the disk though nobody waited for them.</param>
    internal void Settle(bool keepNames)
    {
        foreach (string path in _dirty.Where(File.Exists)) File.WriteAllBytes(path, []);
        if (keepNames) return;
        // The last first: a directory that moved goes back before its files' names go.
        foreach (var (_, undo) in Enumerable.Reverse(_names))
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
