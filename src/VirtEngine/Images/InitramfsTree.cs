using System.Text;

namespace VirtEngine.Images;

/// <summary>The files of an initial RAM file system. Directories that lead to an entry come by themselves; order of adding has no effect.</summary>
internal sealed class InitramfsTree
{
    private readonly SortedDictionary<string, Action<ITreeWriter>> _entries = new(StringComparer.Ordinal);

    internal void AddDirectory(string path, int mode = 0b111_101_101)
    {
        AddParents(path);
        _entries[path] = writer => writer.AddDirectory(path, mode);
    }

    internal void AddFile(string path, byte[] content, bool executable = false) =>
        Add(path, writer => writer.AddFile(path, executable ? 0b111_101_101 : 0b110_100_100, content));

    internal void AddText(string path, string content, bool executable = false) =>
        AddFile(path, Encoding.UTF8.GetBytes(content.ReplaceLineEndings("\n")), executable);

    internal void AddLink(string path, string target) => Add(path, writer => writer.AddLink(path, target));

    internal void AddCharacterDevice(string path, uint major, uint minor) =>
        Add(path, writer => writer.AddCharacterDevice(path, 0b110_000_000, major, minor));

    /// <summary>Writes the archive.</summary>
    internal void WriteTo(Stream output)
    {
        var writer = new CpioWriter(output);
        WriteTo(writer);
        writer.Finish();
    }

    /// <summary>Gives the entries to a writer.</summary>
    internal void WriteTo(ITreeWriter writer)
    {
        // Ordinal order puts a directory before what is in it.
        foreach (var write in _entries.Values) write(writer);
    }

    private void Add(string path, Action<ITreeWriter> write)
    {
        AddParents(path);
        if (!_entries.TryAdd(path, write)) throw new InvalidOperationException($"'{path}' is there twice.");
    }

    private void AddParents(string path)
    {
        for (int slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            string parent = path[..slash];
            _entries.TryAdd(parent, writer => writer.AddDirectory(parent, 0b111_101_101));
        }
    }
}
