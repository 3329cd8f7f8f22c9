using AppLayer.Files;
using Microsoft.Win32.SafeHandles;

namespace AppLayer.Tests.Store;

/// <summary>
/// Takes the real steps until the power goes. Then what was never flushed is lost: content of files, and, if the disk was slow with them, names in
/// directories. Files that were flushed keep their content under all their names.
/// </summary>
/// <param name="until">The step that is not taken any more, from 1 on.</param>
internal sealed class PowerLossStoreOperations(int until) : FailingStoreOperations((_, step) => step >= until)
{
    private readonly List<string> _dirty = [];
    private readonly List<(string Directory, Action Undo)> _names = [];

    public override void CreateDirectory(string path)
    {
        bool isNew = !Directory.Exists(path);
        base.CreateDirectory(path);
        if (isNew) Named(path, () => Directory.Delete(path, recursive: true));
    }

    public override FileStream Create(string path)
    {
        var file = base.Create(path);
        _dirty.Add(path);
        Named(path, () => File.Delete(path));
        return file;
    }

    public override void Flush(FileStream file)
    {
        base.Flush(file);
        _dirty.Remove(file.Name);
    }

    public override void CreateTreeDirectory(string path)
    {
        base.CreateTreeDirectory(path);
        Named(path, () => Directory.Delete(path, recursive: true));
    }

    public override SafeFileHandle CreateContent(string path)
    {
        var file = base.CreateContent(path);
        _dirty.Add(path);
        Named(path, () => File.Delete(path));
        return file;
    }

    public override bool Link(string from, string to)
    {
        var linked = base.Link(from, to);
        if (linked) Named(to, () => File.Delete(to));
        return linked;
    }

    public override void CreateSymbolicLink(string path, string target)
    {
        base.CreateSymbolicLink(path, target);
        Named(path, () => File.Delete(path));
    }

    public override string? SetMetadata(string path, FileEntry entry) => base.SetMetadata(path, entry);

    public override void Rename(string from, string to)
    {
        var old = File.Exists(to) ? File.ReadAllBytes(to) : null;
        base.Rename(from, to);
        if (_dirty.Remove(from)) _dirty.Add(to);
        Named(to, () =>
        {
            File.Move(to, from);
            if (old is not null) File.WriteAllBytes(to, old);
        });
    }

    public override void RenameDirectory(string from, string to)
    {
        base.RenameDirectory(from, to);
        for (int i = 0; i < _dirty.Count; i++)
        {
            if (_dirty[i].StartsWith(from + "/", StringComparison.Ordinal)) _dirty[i] = to + _dirty[i][from.Length..];
        }

        Named(to, () => Directory.Move(to, from));
    }

    public override void FlushDirectory(string path)
    {
        base.FlushDirectory(path);
        _names.RemoveAll(name => name.Directory == path);
    }

    public override void FlushFileSystem(string directory)
    {
        base.FlushFileSystem(directory);
        _dirty.Clear();
        _names.Clear();
    }

    /// <summary>Brings the disk to what a system finds that starts again.</summary>
    /// <param name="keepNames">Whether names got to the disk though nobody waited for them.</param>
    internal void Settle(bool keepNames)
    {
        foreach (string path in _dirty.Where(File.Exists)) File.WriteAllBytes(path, []);
        if (keepNames) return;
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

    private void Named(string path, Action undo) => _names.Add((Path.GetDirectoryName(path)!, undo));
}
