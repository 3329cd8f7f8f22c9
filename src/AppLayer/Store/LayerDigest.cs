using System.Runtime.InteropServices;
using System.Text;
using AppLayer.Files;
using AppLayer.Registry;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>
/// The digest of a layer's logical content: its files and registry entries in a defined order, without what a system or a moment adds to
/// them. <c>docs/store.md</c> has its bytes.
/// </summary>
public static class LayerDigest
{
    private const byte Version = 1;

    /// <summary>The digest of files and registry entries.</summary>
    /// <param name="files">The files, with the digests of their content.</param>
    /// <param name="registry">The root of the registry entries, as a hive gives them back; null where there are none.</param>
    public static ContentDigest Of(FileTree files, RegistryKey? registry)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var writer = new DigestWriter();
        writer.AddRaw("virttools layer\n"u8);
        writer.Add(Version);
        writer.Add(files.Platform == LayerPlatform.Windows ? (byte)'w' : (byte)'l');
        writer.Add((uint)files.Entries.Count);
        foreach (var entry in files.Entries)
        {
            Add(writer, entry, files.Platform);
        }

        writer.Add(registry is not null);
        if (registry is not null)
        {
            Add(writer, registry);
        }

        return writer.Finish();
    }

    private static void Add(DigestWriter writer, FileEntry entry, LayerPlatform platform)
    {
        writer.Add(Encoding.UTF8.GetBytes(entry.Path));
        writer.Add(entry.Kind switch
        {
            FileKind.Directory => (byte)'d', FileKind.File => (byte)'f', FileKind.SymbolicLink => (byte)'l', _ => (byte)'w',
        });
        if (entry.Kind == FileKind.Whiteout)
        {
            return;
        }

        writer.Add(entry.Modified.Ticks);
        if (platform == LayerPlatform.Windows)
        {
            writer.Add((uint)entry.Attributes);
            writer.Add(Encoding.UTF8.GetBytes(entry.ShortName ?? ""));
            writer.Add(entry.Security is { } security ? security.Span : []);
        }
        else
        {
            writer.Add((uint)entry.Mode);
            writer.Add(entry.UserId);
            writer.Add(entry.GroupId);
            writer.Add((uint)entry.ExtendedAttributes.Count);
            foreach (var attribute in entry.ExtendedAttributes)
            {
                writer.Add(Encoding.UTF8.GetBytes(attribute.Name));
                writer.Add(attribute.Value.Span);
            }
        }

        switch (entry.Kind)
        {
            case FileKind.Directory:
                writer.Add(entry.Opaque);
                break;
            case FileKind.SymbolicLink:
                writer.Add(Encoding.UTF8.GetBytes(entry.Target!));
                break;
            default:
                writer.Add((uint)entry.HardLink);
                writer.Add((ulong)entry.Length);
                var content = entry.Content;
                writer.AddRaw(content);
                break;
        }
    }

    private static void Add(DigestWriter writer, RegistryKey key)
    {
        Add(writer, key.Name);
        writer.Add(key.Class is not null);
        Add(writer, key.Class ?? "");
        writer.Add(key.IsLink);
        writer.Add((byte)key.Mark);
        writer.Add(key.Security.Span);
        writer.Add((uint)key.Values.Count);
        foreach (var value in key.Values.OrderBy(value => value.Name, StringComparer.OrdinalIgnoreCase))
        {
            Add(writer, value.Name);
            writer.Add((uint)value.Type);
            writer.Add(value.IsTombstone);
            writer.Add(value.Data.Span);
        }

        writer.Add((uint)key.Subkeys.Count);
        foreach (var subkey in key.Subkeys)
        {
            Add(writer, subkey);
        }
    }

    // Names may hold halves of surrogate pairs, which UTF-8 has no place for.
    private static void Add(DigestWriter writer, string text) => writer.Add(MemoryMarshal.AsBytes(text.AsSpan()));
}
