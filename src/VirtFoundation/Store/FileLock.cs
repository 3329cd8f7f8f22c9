using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtFoundation.Store;

/// <summary>
/// A lock that the system takes back when its process ends, however it ends: held by one, or, shared, by any number who do not hold it alone.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly IDisposable _file;

    private FileLock(IDisposable file) => _file = file;

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <param name="path">The lock's file; it is made if it is not there.</param>
    /// <param name="shared">Whether others may have it too, as long as they share it.</param>
    /// <returns>The lock, or null if somebody has it.</returns>
    /// <exception cref="VirtException">The file cannot be opened for another reason.</exception>
    internal static FileLock? TryTake(string path, bool shared = false)
    {
        try
        {
            return !OperatingSystem.IsWindows() ? TryTakeOnUnix(path, shared)
                : shared ? new(RestrictedFiles.Open(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read))
                : new(RestrictedFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsTaken(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' cannot be locked", e);
        }
    }

    /// <summary>
    /// Takes a lock that others hold for moments only. The systems tell nobody of a lock's release in a way that both have: this asks again,
    /// until the time is up.
    /// </summary>
    /// <exception cref="VirtException">The time is up, or the file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before.</exception>
    internal static FileLock Take(string path, TimeSpan patience, bool shared = false, CancellationToken cancellation = default)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(path, shared) is { } taken)
            {
                return taken;
            }

            if (Environment.TickCount64 >= end)
            {
                throw new VirtException(VirtErrorCode.StorageFailed, $"'{path}' is locked by another process for too long.");
            }

            Thread.Sleep(Pause);
        }
    }

    // A process that is being started has a copy of every descriptor for a moment, and with it would keep the lock beyond this.
    public void Dispose()
    {
        if (_file is SafeFileHandle { IsClosed: false } file)
        {
            _ = Libc.Flock(file, Libc.LOCK_UN);
        }

        _file.Dispose();
    }

    // The runtime's own lock is no help: an environment variable turns it off, and it passes over file systems that have none.
    [UnsupportedOSPlatform("windows")]
    private static FileLock? TryTakeOnUnix(string path, bool shared)
    {
        var file = RestrictedFiles.OpenUnlocked(path);
        if (Libc.Flock(file, (shared ? Libc.LOCK_SH : Libc.LOCK_EX) | Libc.LOCK_NB) == 0)
        {
            return new(file);
        }

        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == Libc.EWOULDBLOCK ? null : throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    // ERROR_SHARING_VIOLATION (32) and ERROR_LOCK_VIOLATION (33).
    private static bool IsTaken(IOException e) => OperatingSystem.IsWindows() && ((e.HResult & 0xffff) is 32 or 33);
}
