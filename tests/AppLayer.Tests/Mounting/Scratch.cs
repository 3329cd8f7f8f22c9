using System.Runtime.Versioning;

namespace AppLayer.Tests.Mounting;

/// <summary>A directory for a test that everyone may enter, gone with its end.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Scratch : IDisposable
{
    private const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
    private readonly DirectoryInfo _directory;

    internal Scratch()
    {
        _directory = Directory.CreateTempSubdirectory("virttools-mount");
        _directory.UnixFileMode = ForAll;
    }

    internal string Path => _directory.FullName;

    /// <summary>A directory in it, made if missing.</summary>
    internal string Make(string path) => Directory.CreateDirectory(System.IO.Path.Combine(Path, path)).FullName;

    /// <summary>A file in it.</summary>
    internal string Write(string path, string text)
    {
        var file = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    // The kernel's own directory in an overlay's work directory can't be entered by its owner.
    public void Dispose() => InNamespace.RunTool("rm", "-rf", "--one-file-system", Path);
}
