using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace VirtFoundation.Control;

/// <summary>
/// How messages of a kind are written: an object whose <c>type</c> names which one it is. The serialiser could choose by itself, but would first
/// prepare itself for every message that there is, which takes a good part of a worker's start.
/// </summary>
/// <typeparam name="T">The kind: requests, or replies.</typeparam>
internal sealed class MessageFormat<T>
    where T : class
{
    private const string Discriminator = "type";

    private readonly JsonSerializerOptions _options;
    private readonly Dictionary<string, Type> _types = [];
    private readonly Dictionary<Type, byte[]> _heads = [];

    /// <summary>Makes the format.</summary>
    /// <param name="options">With generated serialisers for all messages.</param>
    /// <param name="names">Messages with their names; those of other kinds are passed over.</param>
    internal MessageFormat(JsonSerializerOptions options, IEnumerable<KeyValuePair<Type, string>> names)
    {
        _options = options;
        foreach (var (message, name) in names)
        {
            if (message.BaseType == typeof(T))
            {
                _types.Add(name, message);
                _heads.Add(message, Encoding.UTF8.GetBytes($"{{\"{Discriminator}\":\"{name}\""));
            }
        }
    }

    /// <summary>Reads a message.</summary>
    /// <param name="json">The whole of it, as UTF-8.</param>
    /// <exception cref="JsonException">It is none, or one that this program does not know.</exception>
    internal T? Read(ReadOnlySpan<byte> json) =>
        _types.TryGetValue(NameOf(json), out var message)
            ? (T?)JsonSerializer.Deserialize(json, _options.GetTypeInfo(message))
            : throw new JsonException("The message's type is not known.");

    /// <summary>Writes a message.</summary>
    internal void Write(ArrayBufferWriter<byte> to, T message)
    {
        to.Write(_heads[message.GetType()]);
        var content = to.WrittenCount;
        using (var json = new Utf8JsonWriter(to))
        {
            JsonSerializer.Serialize(json, message, _options.GetTypeInfo(message.GetType()));
        }

        // The head has opened the object already; every message has a number, so something follows.
        MemoryMarshal.AsMemory(to.WrittenMemory).Span[content] = (byte)',';
    }

    private static string NameOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = reader.ValueTextEquals(Discriminator);
                if (!reader.Read() || (isName && reader.TokenType != JsonTokenType.String))
                {
                    break;
                }

                if (isName)
                {
                    return reader.GetString()!;
                }

                reader.Skip();
            }
        }

        throw new JsonException("The message does not say its type.");
    }
}
