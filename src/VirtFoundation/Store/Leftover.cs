namespace VirtFoundation.Store;

/// <summary>Files that have served: sockets, chiefly. That one cannot be removed, or went with its directory, keeps nobody from going on.</summary>
internal static class Leftover
{
    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // Who makes it anew says so if it is in the way.
        }
    }
}
