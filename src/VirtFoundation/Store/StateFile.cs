using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace VirtFoundation.Store;

/// <summary>
/// A kind of state file: JSON with a <c>formatVersion</c>. Written whole and atomically, refused when a newer version wrote it, migrated step by
/// step when an older one did.
/// </summary>
/// <typeparam name="T">The record in the file; it has an integer property that serialises as <c>formatVersion</c>.</typeparam>
internal sealed class StateFile<T>
    where T : class
{
    /// <summary>No state file is larger; what is larger is not ours.</summary>
    internal const int LargestFile = 1 << 20;

    private readonly Func<JsonTypeInfo<T>> _type;
    private readonly Action<JsonObject>[] _migrations;

    /// <summary>Makes a kind of state file.</summary>
    /// <param name="type">Tells how the record is written. Asked when a file is read or written: a process knows kinds that it never meets,
    /// and each takes milliseconds.</param>
    /// <param name="migrations">How a file of version 1, 2, … becomes one of version 2, 3, …; the current version is one more than their number.</param>
    internal StateFile(Func<JsonTypeInfo<T>> type, params Action<JsonObject>[] migrations)
    {
        _type = type;
        _migrations = migrations;
    }

    /// <summary>The version that this program writes.</summary>
    internal int Version => _migrations.Length + 1;

    /// <summary>Reads a file if it is there.</summary>
    /// <exception cref="VirtException">It is damaged, newer than this program, or cannot be read.</exception>
    internal T? TryRead(string path)
    {
        byte[] content;
        try
        {
            // Shared with who replaces it.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length > LargestFile)
            {
                throw Damaged(path, $"it has {length} bytes, more than {LargestFile}", null);
            }

            content = new byte[length];
            content = content[..RandomAccess.Read(file, content, 0)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' cannot be read", e);
        }

        try
        {
            var version = FormatVersion(content);
            if (version > Version)
            {
                throw new VirtException(
                    VirtErrorCode.StateFileTooNew,
                    $"'{path}' has format version {version}; this version of VirtTools knows versions up to {Version}.");
            }

            return (version == Version ? JsonSerializer.Deserialize(content, _type()) : Migrate(content, version))
                ?? throw Damaged(path, "it is empty", null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw Damaged(path, e.Message, e);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <exception cref="VirtException">It cannot be written; the old content stands.</exception>
    internal void Write(string path, T value, IFileOperations? operations = null) =>
        AtomicFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(value, _type()), operations);

    private static VirtException Damaged(string path, string why, Exception? cause) =>
        new(VirtErrorCode.StateFileDamaged, $"'{path}' is damaged: {why}", cause);

    private static int FormatVersion(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("it holds no object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("formatVersion"u8))
            {
                return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version) && version > 0
                    ? version
                    : throw new JsonException("formatVersion is not a positive whole number");
            }

            reader.Skip();
        }

        throw new JsonException("it has no formatVersion");
    }

    private T? Migrate(byte[] content, int version)
    {
        var document = JsonNode.Parse(content)!.AsObject();
        for (; version < Version; version++)
        {
            _migrations[version - 1](document);
        }

        document["formatVersion"] = Version;
        return document.Deserialize(_type());
    }
}
