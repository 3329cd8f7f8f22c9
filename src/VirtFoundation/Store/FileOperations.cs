using System.Runtime.InteropServices;
using VirtFoundation.Interop;

namespace VirtFoundation.Store;

/// <summary>The file system's own operations.</summary>
internal sealed class FileOperations : IFileOperations
{
    private const int MostAttempts = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    internal static readonly FileOperations Instance = new();

    public void CreateDirectory(string path) => RestrictedFiles.CreateDirectory(path);

    public FileStream Create(string path) => RestrictedFiles.Open(path, FileMode.Create, FileAccess.Write, FileShare.None);

    public void Write(FileStream file, ReadOnlySpan<byte> data) => file.Write(data);

    public void Flush(FileStream file) => file.Flush(flushToDisk: true);

    public void Rename(string from, string to)
    {
        // Windows does not replace a file in the moment in which somebody reads it.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                File.Move(from, to, overwrite: true);
                return;
            }
            catch (Exception e) when (OperatingSystem.IsWindows() && attempt < MostAttempts && e is UnauthorizedAccessException or IOException)
            {
                Thread.Sleep(Pause);
            }
        }
    }

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
