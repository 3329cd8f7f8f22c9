using System.Runtime.InteropServices;
using VirtEngine.Interop;

namespace VirtEngine.Store;

/// <summary>The file system's own operations.</summary>
internal sealed class FileOperations : IFileOperations
{
    internal static readonly FileOperations Instance = new();

    public void CreateDirectory(string path)
    {
        // On Windows the root's access list is inherited.
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly.DirectoryMode);
        }
    }

    public FileStream Create(string path) => new(path, OwnerOnly.Open(FileMode.Create, FileAccess.Write, FileShare.None));

    public void Write(FileStream file, ReadOnlySpan<byte> data) => file.Write(data);

    public void Flush(FileStream file) => file.Flush(flushToDisk: true);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void RenameDirectory(string from, string to) => Directory.Move(from, to);

    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals names; there is no call for it.
        }

        var directory = Libc.Open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (directory < 0)
        {
            throw new IOException($"'{path}': {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var failed = Libc.Fsync(directory) != 0;
        var why = failed ? Marshal.GetLastPInvokeErrorMessage() : null;
        _ = Libc.Close(directory);
        if (failed)
        {
            throw new IOException($"'{path}': {why}");
        }
    }

    public void Delete(string path) => File.Delete(path);

    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);
}
