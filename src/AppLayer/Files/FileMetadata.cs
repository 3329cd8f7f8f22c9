using System.Text;

namespace AppLayer.Files;

/// <summary>What a tree's file has besides its content, as a layer's entry wants it on Linux.</summary>
internal static class FileMetadata
{
    /// <summary>The extended attributes that a file of a tree has: the entry's own, overlayfs' mark and Wine's.</summary>
    internal static IEnumerable<ExtendedAttribute> AttributesOf(FileEntry entry)
    {
        if (entry.Opaque)
        {
            yield return new("user.overlay.opaque", "y"u8.ToArray());
        }

        var name = entry.Path.AsSpan(entry.Path.LastIndexOf('/') + 1);
        if (IsWindows(entry) && entry.Kind is FileKind.File or FileKind.Directory && WineAttributes.Value(name, entry.Attributes) is { } recorded)
        {
            yield return new(WineAttributes.Name, recorded);
        }

        foreach (var attribute in entry.ExtendedAttributes)
        {
            yield return attribute;
        }
    }

    /// <summary>A number that tells apart metadata that differ.</summary>
    internal static ulong Fingerprint(FileEntry entry, int occurrence)
    {
        using var writer = new DigestWriter();
        writer.Add((uint)entry.Mode);
        writer.Add(entry.UserId);
        writer.Add(entry.GroupId);
        writer.Add(entry.Modified.Ticks);
        foreach (var attribute in AttributesOf(entry))
        {
            writer.Add(Encoding.UTF8.GetBytes(attribute.Name));
            writer.Add(attribute.Value.Span);
        }

        writer.Add((uint)occurrence);
        var digest = writer.Finish();
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(digest);
    }

    private static bool IsWindows(FileEntry entry) => !entry.Path.StartsWith($"{{{Paths.KnownRoots.LinuxRoot}}}", StringComparison.Ordinal);
}
