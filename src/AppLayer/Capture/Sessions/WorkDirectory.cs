using VirtFoundation.Store;

namespace AppLayer.Capture.Sessions;

/// <summary>A directory to work in, for as long as this object lives.</summary>
internal sealed class WorkDirectory(string path, FileLock held) : IDisposable
{
    /// <summary>Full path.</summary>
    internal string Path => path;

    /// <summary>A path in it.</summary>
    internal string this[string name] => System.IO.Path.Combine(path, name);

    public void Dispose()
    {
        try
        {
            AppLayer.Store.StoreOperations.Instance.DeleteDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // The next command's sweep takes it.
        }
        finally
        {
            held.Dispose();
        }
    }
}
