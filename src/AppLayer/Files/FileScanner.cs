using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Files;

/// <summary>Reads the files of a directory that lies as <see cref="LayerLayout"/> says, marks of overlayfs and of Wine included.</summary>
public static class FileScanner
{
    /// <summary>Reads a directory's files.</summary>
    /// <param name="directory">The directory; no symbolic link in it is followed.</param>
    /// <param name="platform">Whose files they are, and so where the known roots lie. What lies outside of them is not content.</param>
    /// <param name="digests">Whether the files' content is read too, for its digest.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="VirtException">The directory or something in it cannot be read, or changed meanwhile.</exception>
    public static FileScan Scan(string directory, LayerPlatform platform, bool digests = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        try
        {
            using var source = new SourceTree(directory, platform);
            using var hasher = new ContentHasher();
            var scanned = source.Scan(cancellation);
            return new(new(platform, scanned.Files.Select(file => digests && file.Entry.Kind == FileKind.File ? Read(file) : file.Entry)), scanned.Problems);

            FileEntry Read(ScannedFile file)
            {
                using var handle = source.Open(file);
                var digest = hasher.Hash(handle, cancellation, out var length);
                source.CheckUnchanged(handle, file);
                return file.Entry with { Content = digest, Length = length };
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The files of '{directory}' cannot be read", e);
        }
    }
}
