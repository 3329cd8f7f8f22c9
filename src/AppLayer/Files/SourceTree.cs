using Microsoft.Win32.SafeHandles;
using VirtSpecs;

namespace AppLayer.Files;

/// <summary>A directory in a layer's layout, to look at and to read files of.</summary>
internal sealed class SourceTree : IDisposable
{
    private readonly string _directory;
    private readonly LayerPlatform _platform;
    private readonly LinuxFileReader? _linux;

    /// <exception cref="IOException">It cannot be opened.</exception>
    internal SourceTree(string directory, LayerPlatform platform)
    {
        _directory = directory;
        _platform = platform;
        _linux = OperatingSystem.IsWindows() ? null : new(directory, platform);
    }

    public void Dispose() => _linux?.Dispose();

    internal ScannedFiles Scan(CancellationToken cancellation) =>
        _linux?.Scan(cancellation) ?? WindowsFileReader.Scan(_directory, _platform, cancellation);

    /// <summary>Opens a file, which must still be the one that was found.</summary>
    /// <exception cref="IOException">It is gone or changed.</exception>
    internal SafeFileHandle Open(ScannedFile file)
    {
        var handle = _linux?.OpenFile(file.Place) ?? File.OpenHandle(Path.Combine(_directory, file.Place));
        try
        {
            CheckUnchanged(handle, file);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that a file did not change since it was found.</summary>
    /// <exception cref="IOException">It did.</exception>
    internal void CheckUnchanged(SafeFileHandle handle, ScannedFile file)
    {
        var now = _linux is null
            ? file.Stamp with { Size = RandomAccess.GetLength(handle), Modified = (long)FileTime.From(File.GetLastWriteTimeUtc(handle)).Ticks }
            : FileStamp.Of(_linux.StatusOf(handle, file.Place));
        if (now with { Changed = 0 } != file.Stamp with { Changed = 0 })
        {
            throw new IOException($"'{Path.Combine(_directory, file.Place)}' was changed while it was read.");
        }
    }
}
