namespace VirtFoundation.Store;

/// <summary>Replaces a file so that a reader, and whoever comes after a crash, finds the whole old or the whole new content.</summary>
internal static class AtomicFile
{
    private const string Suffix = ".new";

    /// <summary>Replaces or makes a file. One writer at a time.</summary>
    /// <exception cref="VirtException">A step failed; the file has its old content, or the new one if its name was already changed.</exception>
    internal static void Replace(string path, ReadOnlySpan<byte> content, IFileOperations? operations = null)
    {
        var files = operations ?? FileOperations.Instance;
        var temporary = path + Suffix;
        try
        {
            using (var file = files.Create(temporary))
            {
                files.Write(file, content);
                files.Flush(file);
            }

            files.Rename(temporary, path);
            files.FlushDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RemoveTemporary(files, temporary);
            throw VirtException.Storage($"'{path}' could not be written", e);
        }
    }

    // What stays behind is overwritten by the next attempt; its loss must not hide why this one failed.
    private static void RemoveTemporary(IFileOperations files, string temporary)
    {
        try
        {
            files.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
