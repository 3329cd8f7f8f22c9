using System.Text.Json;

namespace AppLayer.Store;

/// <summary>The member of a manifest's line that is being read; every fault names it and its place.</summary>
internal struct ManifestField
{
    /// <summary>Where the line begins, in bytes.</summary>
    internal required int Line { get; init; }

    internal string Name { readonly get; set; }

    internal readonly ManifestException Fault(ref Utf8JsonReader reader, string problem) => new(Line + reader.TokenStartIndex, Name, problem);

    internal readonly void Require(bool isRight, ref Utf8JsonReader reader, string problem)
    {
        if (!isRight)
        {
            throw Fault(ref reader, problem);
        }
    }

    /// <summary>Goes to the next token, which must be there.</summary>
    internal readonly JsonTokenType Step(ref Utf8JsonReader reader)
    {
        try
        {
            Require(reader.Read(), ref reader, "the line is cut off");
            return reader.TokenType;
        }
        catch (JsonException e)
        {
            throw new ManifestException(Line + (e.BytePositionInLine ?? 0), Name, e.Message);
        }
    }

    /// <summary>Goes to the value of the member that must come next.</summary>
    internal void Enter(ref Utf8JsonReader reader, string name)
    {
        Require(TryEnter(ref reader) && Name == name, ref reader, $"'{name}' is expected here");
        Name = name;
    }

    /// <summary>Goes to the value of the next member.</summary>
    /// <returns>False if the object ends.</returns>
    internal bool TryEnter(ref Utf8JsonReader reader)
    {
        if (Step(ref reader) == JsonTokenType.EndObject)
        {
            return false;
        }

        Name = Text(ref reader, 32);
        Step(ref reader);
        return true;
    }

    /// <summary>The end of the object, which must come next, and of the line.</summary>
    internal readonly void Leave(ref Utf8JsonReader reader)
    {
        Require(Step(ref reader) == JsonTokenType.EndObject, ref reader, "there is more than there should be");
        End(ref reader);
    }

    /// <summary>The end of the line.</summary>
    internal readonly void End(ref Utf8JsonReader reader)
    {
        try
        {
            Require(!reader.Read(), ref reader, "there is more on the line");
        }
        catch (JsonException e)
        {
            throw new ManifestException(Line + (e.BytePositionInLine ?? 0), Name, e.Message);
        }
    }

    internal readonly string Text(ref Utf8JsonReader reader, int longest)
    {
        Require(reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName, ref reader, "it is no text");
        try
        {
            var text = reader.GetString()!;
            Require(text.Length <= longest, ref reader, $"it has {text.Length} characters, more than {longest}");
            return text;
        }
        catch (InvalidOperationException e)
        {
            throw Fault(ref reader, e.Message);
        }
    }

    internal readonly ulong Number(ref Utf8JsonReader reader, ulong largest)
    {
        Require(reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number) && number <= largest, ref reader,
            $"it is no whole number from 0 to {largest}");
        return reader.GetUInt64();
    }

    internal readonly byte[] Bytes(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.String, ref reader, "it is no text");
        return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw Fault(ref reader, "it is not base64");
    }
}
