using System.Buffers;
using AppLayer.Files;
using AppLayer.Store;
using Microsoft.Win32.SafeHandles;
using VirtSpecs;

namespace AppLayer.Capture.Trees;

/// <summary>
/// Makes a tree entry by entry, directories before what is in them. It is scratch until a commit, so nothing is flushed. Nothing that stands
/// in it is followed: a directory is one that this made.
/// </summary>
internal sealed class TreeWriter
{
    private const int BlockLength = 1 << 20;

    private readonly string _directory;
    private readonly LayerLayout _layout;
    private readonly IStoreOperations _operations;
    private readonly Dictionary<string, FileEntry> _directories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _problems = new(StringComparer.Ordinal);

    /// <summary>Makes the tree's directory, which must not be there.</summary>
    internal TreeWriter(string directory, LayerPlatform platform, IStoreOperations operations)
    {
        _directory = directory;
        _layout = LayerLayout.For(platform);
        _operations = operations;
        operations.CreateTreeDirectory(directory);
        if (_layout.PathOf("") is { } root)
        {
            _directories.Add("", Implied(root)); // Else the root directory would be its maker's alone.
        }
    }

    /// <summary>Owners and rights that could not be given, each with its place.</summary>
    internal IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Whether something stands at a place already.</summary>
    internal bool Has(string place) => _directories.ContainsKey(place) || _others.Contains(place);

    /// <summary>Whether a directory stands at a place; the tree's own always does.</summary>
    internal bool HasDirectory(string place) => place.Length == 0 || _directories.ContainsKey(place);

    /// <summary>A directory that nobody described: everybody can go through it.</summary>
    internal static FileEntry Implied(string path) => new() { Path = path, Kind = FileKind.Directory, Mode = 0x1ed }; // 0755

    /// <summary>Makes a directory, or gives one that is there already other metadata.</summary>
    internal void AddDirectory(string place, FileEntry entry)
    {
        if (place.Length > 0 && !_directories.ContainsKey(place))
        {
            Claim(place, isDirectory: true);
            _operations.CreateTreeDirectory(PathOf(place));
        }

        _directories[place] = entry;
    }

    /// <summary>Makes a file of an open one's content.</summary>
    internal void AddFile(string place, FileEntry entry, SafeFileHandle content, CancellationToken cancellation)
    {
        Claim(place);
        using (var made = _operations.CreateContent(PathOf(place)))
        {
            if (!_operations.Clone(content, made))
            {
                Copy((block, at) => RandomAccess.Read(content, block, at), made, cancellation);
            }
        }

        SetMetadata(place, entry);
    }

    /// <summary>Makes a file of a stream's content.</summary>
    /// <returns>Bytes that were written.</returns>
    internal long AddFile(string place, FileEntry entry, Stream content, CancellationToken cancellation)
    {
        Claim(place);
        long length;
        using (var made = _operations.CreateContent(PathOf(place)))
        {
            length = Copy((block, _) => content.Read(block), made, cancellation);
        }

        SetMetadata(place, entry);
        return length;
    }

    /// <summary>Gives a file that was made another name.</summary>
    /// <exception cref="IOException">There is no such file, or the file system has no room for names.</exception>
    internal void AddName(string place, string existing)
    {
        if (!_others.Contains(existing))
        {
            throw new IOException($"'{place}' would be another name of '{existing}', which is no file of the tree.");
        }

        Claim(place);
        if (!_operations.Link(PathOf(existing), PathOf(place)))
        {
            throw new IOException($"'{place}' cannot be another name of '{existing}'.");
        }
    }

    internal void AddLink(string place, FileEntry entry)
    {
        Claim(place);
        _operations.CreateSymbolicLink(PathOf(place), entry.Target!);
        SetMetadata(place, entry);
    }

    internal void AddWhiteout(string place)
    {
        Claim(place);
        _operations.CreateWhiteout(PathOf(place));
    }

    /// <summary>Removes a file or link that was made, for another one in its place.</summary>
    internal void Remove(string place)
    {
        if (_others.Remove(place))
        {
            _operations.Delete(PathOf(place));
        }
    }

    /// <summary>Gives directories their metadata, now that nothing changes their times any more.</summary>
    internal void Finish()
    {
        foreach (var (place, entry) in _directories.OrderByDescending(directory => directory.Key, StringComparer.Ordinal))
        {
            SetMetadata(place, entry);
        }
    }

    private string PathOf(string place) => place.Length == 0 ? _directory : $"{_directory}/{place}";

    // What is made is made in directories of the tree alone, so that no link leads out of it.
    private void Claim(string place, bool isDirectory = false)
    {
        var slash = place.LastIndexOf('/');
        if (!HasDirectory(slash < 0 ? "" : place[..slash]))
        {
            throw new IOException($"'{place}' lies in no directory of the tree.");
        }

        if (place.Length == 0 || place.EndsWith('/') || place[(slash + 1)..] is "." or ".." || Has(place) || (!isDirectory && !_others.Add(place)))
        {
            throw new IOException($"'{place}' cannot be made in the tree: it is there already, or is no name.");
        }
    }

    private static long Copy(CopyRead read, SafeFileHandle made, IStoreOperations operations, CancellationToken cancellation)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            long length = 0;
            for (int count; (count = read(block, length)) > 0; length += count)
            {
                cancellation.ThrowIfCancellationRequested();
                operations.WriteContent(made, block.AsSpan(0, count), length);
            }

            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private long Copy(CopyRead read, SafeFileHandle made, CancellationToken cancellation) => Copy(read, made, _operations, cancellation);

    private void SetMetadata(string place, FileEntry entry)
    {
        if (_operations.SetMetadata(PathOf(place), entry) is { } lost)
        {
            _problems.Add($"{_layout.PathOf(place) ?? place}: {lost}");
        }
    }

    private delegate int CopyRead(Span<byte> block, long offset);
}
