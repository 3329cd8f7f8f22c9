using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Text;
using AppLayer.Files;

namespace AppLayer.Footprint;

/// <summary>A walk on Windows. Reparse points are told and not followed.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsWalk : IDirectoryWalk
{
    // What a file can be given (MS-FSCC, 2.6): read-only, hidden, system, archive, temporary, offline, not content indexed; and what it is.
    private const FileAttributes Kept = FileAttributes.ReadOnly | FileAttributes.Hidden | FileAttributes.System | FileAttributes.Archive
        | FileAttributes.Temporary | FileAttributes.Offline | FileAttributes.NotContentIndexed | FileAttributes.Compressed
        | FileAttributes.Encrypted | FileAttributes.ReparsePoint | FileAttributes.SparseFile;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(3);

    private readonly EnumerationOptions _options = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    public void Run(FootprintPlace place, DigestRule digests, Action<ObservedFile> visit, CancellationToken cancellation)
    {
        using var digester = new FileDigester();
        var excluded = place.Excluded.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var now = DateTime.UtcNow;
        FileSystemInfo root = Directory.Exists(place.Path) ? new DirectoryInfo(place.Path) : new FileInfo(place.Path);
        if (root.Exists)
        {
            Visit(root, "");
        }

        void Visit(FileSystemInfo entry, string path)
        {
            cancellation.ThrowIfCancellationRequested();
            FileSystemInfo[] children = [];
            ContentDigest? content = null;
            IReadOnlyList<(string, ContentDigest)> security = [];
            string? unreadable = null;
            var isLink = entry.LinkTarget is not null;
            try
            {
                security = SecurityOf(entry);
                if (!isLink && entry is DirectoryInfo directory)
                {
                    children = directory.GetFileSystemInfos("*", _options);
                }
                else if (!isLink && (digests == DigestRule.All || (digests == DigestRule.Recent && now - entry.LastWriteTimeUtc < Recent)))
                {
                    using var file = File.OpenHandle(entry.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    content = digester.Digest(file, cancellation);
                }
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                unreadable = e.Message;
            }

            visit(new()
            {
                Path = Encoding.UTF8.GetBytes(path),
                Kind = isLink ? ObservedKind.SymbolicLink : entry is DirectoryInfo ? ObservedKind.Directory : ObservedKind.File,
                Attributes = (ulong)(entry.Attributes & Kept),
                Modified = (entry.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100,
                Length = !isLink && entry is FileInfo info ? (ulong)info.Length : 0,
                Target = isLink ? Encoding.UTF8.GetBytes(entry.LinkTarget!) : null,
                ExtendedAttributes = security,
                Content = content,
                Unreadable = unreadable,
            });
            foreach (var (child, name) in children.Select(child => (child, Encoding.UTF8.GetBytes(child.Name)))
                .OrderBy(child => child.Item2, Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b))))
            {
                if (!excluded.Contains(child.FullName))
                {
                    Visit(child, path.Length == 0 ? child.Name : $"{path}/{child.Name}");
                }
            }
        }
    }

    private static (string, ContentDigest)[] SecurityOf(FileSystemInfo entry)
    {
        const AccessControlSections Sections = AccessControlSections.Owner | AccessControlSections.Group | AccessControlSections.Access;
        FileSystemSecurity security = entry is DirectoryInfo directory
            ? directory.GetAccessControl(Sections)
            : ((FileInfo)entry).GetAccessControl(Sections);
        return [("security", ContentDigest.Of(security.GetSecurityDescriptorBinaryForm()))];
    }
}
