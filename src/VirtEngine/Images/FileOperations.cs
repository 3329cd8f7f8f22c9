using System.Runtime.InteropServices;
using VirtEngine.Interop;

namespace VirtEngine.Images;

/// <summary>The real steps.</summary>
internal sealed class FileOperations : IFileOperations
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        // On Windows the root's access list is inherited.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }

    /// <inheritdoc/>
    public Stream CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }

    /// <inheritdoc/>
    public void Write(Stream file, ReadOnlySpan<byte> bytes) => file.Write(bytes);

    /// <inheritdoc/>
    public void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals names by itself
        int directory = Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (directory < 0) throw Failed(path);
        try
        {
            if (Libc.Fsync(directory) != 0) throw Failed(path);
        }
        finally
        {
            _ = Libc.Close(directory);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    private static IOException Failed(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"'{path}' cannot be brought to the disk: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }
}
