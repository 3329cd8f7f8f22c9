using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>
/// A layer's manifest: every entry of its files, as JSON lines. The first line says what it is and how many follow; then one line per entry, in the
/// ordinal order of the paths, members in a fixed order, those with their default left out. The same files give the same bytes.
/// </summary>
internal static class Manifest
{
    /// <summary>The version that this program writes, and the newest that it reads.</summary>
    internal const int Version = 1;

    internal const string Format = "virttools layer files";

    /// <summary>Bytes of a manifest that is read.</summary>
    internal const int Largest = 1 << 30;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a manifest.</summary>
    /// <exception cref="ArgumentException">A name or link has half of a surrogate pair, which JSON has no place for.</exception>
    internal static ReadOnlyMemory<byte> Write(FileTree files)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * (files.Entries.Count + 1));
        using var writer = new Utf8JsonWriter(buffer, Plain);
        writer.WriteStartObject();
        writer.WriteString("format"u8, Format);
        writer.WriteNumber("formatVersion"u8, Version);
        writer.WriteString("platform"u8, files.Platform == LayerPlatform.Windows ? "windows"u8 : "linux"u8);
        writer.WriteNumber("entries"u8, files.Entries.Count);
        writer.WriteEndObject();
        EndLine(writer, buffer);
        foreach (var entry in files.Entries)
        {
            Write(writer, entry);
            EndLine(writer, buffer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads a manifest. Its memory is bounded by its length.</summary>
    /// <exception cref="ManifestException">It is damaged, or a newer version wrote it.</exception>
    internal static FileTree Read(ReadOnlySpan<byte> manifest) => new ManifestReader(manifest).Read();

    private static void EndLine(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer)
    {
        writer.Flush();
        writer.Reset();
        buffer.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, FileEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, Whole(entry.Path));
        writer.WriteString("kind"u8, ManifestFields.NameOf(entry.Kind));
        if (entry.Opaque) writer.WriteBoolean("opaque"u8, true);
        if (entry.Modified.Ticks != 0) writer.WriteNumber("modified"u8, entry.Modified.Ticks);
        if (entry.Created.Ticks != 0) writer.WriteNumber("created"u8, entry.Created.Ticks);
        if (entry.Attributes != 0) writer.WriteNumber("attributes"u8, (uint)entry.Attributes);
        if (entry.ShortName is { } name) writer.WriteString("shortName"u8, Whole(name));
        if (entry.Security is { } security) writer.WriteBase64String("security"u8, security.Span);
        if (entry.Mode != 0) writer.WriteNumber("mode"u8, entry.Mode);
        if (entry.UserId != 0) writer.WriteNumber("userId"u8, entry.UserId);
        if (entry.GroupId != 0) writer.WriteNumber("groupId"u8, entry.GroupId);
        if (entry.ExtendedAttributes.Count > 0)
        {
            writer.WriteStartObject("extendedAttributes"u8);
            foreach (var attribute in entry.ExtendedAttributes)
            {
                writer.WriteBase64String(Whole(attribute.Name), attribute.Value.Span);
            }

            writer.WriteEndObject();
        }

        if (entry.Target is { } target) writer.WriteString("target"u8, Whole(target));
        if (entry.HardLink != 0) writer.WriteNumber("hardLink"u8, entry.HardLink);
        if (entry.Kind == FileKind.File)
        {
            writer.WriteNumber("length"u8, entry.Length);
            writer.WriteString("content"u8, entry.Content.ToString());
        }

        writer.WriteEndObject();
    }

    // The writer would put another character in place of what is no text.
    private static string Whole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                throw new ArgumentException($"'{text}' has half of a surrogate pair.", nameof(text));
            }

            i++;
        }

        return text;
    }
}
