namespace VirtEngine.Images;

/// <summary>Puts the entries into a directory, but for device nodes, which only root can make.</summary>
internal sealed class DirectoryTreeWriter(string root) : ITreeWriter
{
    private readonly List<string> _paths = [];

    /// <summary>The directory.</summary>
    internal string Root => root;

    /// <summary>What was put in, as paths in the guest.</summary>
    internal IReadOnlyList<string> Paths => _paths;

    public void AddDirectory(string path, int mode)
    {
        Directory.CreateDirectory(At(path));
        SetMode(path, mode);
    }

    public void AddFile(string path, int mode, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(At(path), content);
        SetMode(path, mode);
    }

    public void AddLink(string path, string target) => File.CreateSymbolicLink(At(path), target);

    public void AddCharacterDevice(string path, int mode, uint major, uint minor) { }

    private string At(string path)
    {
        _paths.Add("/" + path);
        return Path.Combine(root, path);
    }

    private void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(root, path), (UnixFileMode)mode);
    }
}
