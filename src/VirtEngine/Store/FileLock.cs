namespace VirtEngine.Store;

/// <summary>An exclusive lock that the system takes back when its process ends, however it ends.</summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock if nobody has it.</summary>
    /// <returns>The lock, or null if somebody has it.</returns>
    /// <exception cref="VirtException">The file cannot be opened for another reason.</exception>
    internal static FileLock? TryTake(string path)
    {
        try
        {
            return new(new(path, OwnerOnly.Open(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
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
    internal static FileLock Take(string path, TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            if (TryTake(path) is { } taken)
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

    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK (11) of flock; ERROR_SHARING_VIOLATION (32) and ERROR_LOCK_VIOLATION (33) of Windows.
    private static bool IsTaken(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 32 or 33 : e.HResult is 11 && e is not FileNotFoundException;
}
