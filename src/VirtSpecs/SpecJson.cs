using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>
/// Single specs as JSON, for state that programs keep and pass on: the same documents as YAML's, without a library beyond the runtime.
/// </summary>
public static class SpecJson
{
    /// <summary>The largest text, in UTF-16 units.</summary>
    public const int MaximumLength = 1 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads a spec.</summary>
    /// <param name="text">One JSON object.</param>
    /// <param name="file">The file that errors name and relative paths start from, <see langword="null"/> for none.</param>
    /// <returns>The spec.</returns>
    /// <exception cref="SpecException">The text isn't a valid spec.</exception>
    public static Spec Parse(string text, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new SpecReader(file, SpecKind.All);
        if (text.Length > MaximumLength)
        {
            reader.AddError(default, "is larger than 1 MiB");
            return reader.Finish()[0];
        }

        if (Compose(text, reader) is { } document)
        {
            reader.Add(document);
        }

        return reader.Finish()[0];
    }

    /// <summary>Writes a spec so that reading it gives an equal one; values that are the default are left out.</summary>
    /// <param name="spec">The spec.</param>
    /// <returns>One JSON object in one line.</returns>
    /// <exception cref="SpecException">The spec breaks the limits or rules of its kind.</exception>
    public static string Write(Spec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return ToJson(SpecWriter.Write(spec))!.ToJsonString();
    }

    /// <summary>A part of a document as JSON.</summary>
    internal static JsonNode? ToJson(SpecNode node) => node switch
    {
        SpecScalar { Kind: ScalarKind.Text } scalar => JsonValue.Create(scalar.Text),
        SpecScalar scalar => JsonNode.Parse(scalar.Text),
        SpecSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        SpecMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
        _ => throw new NotSupportedException($"{node.GetType()} is no part of a document."),
    };

    private static SpecNode? Compose(string text, SpecReader reader)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return FromJson(document.RootElement);
        }
        catch (JsonException fault)
        {
            var position = new SpecPosition((int)(fault.LineNumber ?? -1) + 1, (int)(fault.BytePositionInLine ?? -1) + 1);
            reader.AddError(position, "has something that is not JSON, is nested deeper than 32 levels, or has a key twice");
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // Half surrogate pairs: JsonDocument refuses them in the text by the one, behind \u by the other.
            reader.AddError(default, "has half a surrogate pair, which is no character");
        }

        return null;
    }

    private static SpecNode FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new SpecMapping(
            [.. element.EnumerateObject().Select(entry => (new SpecScalar(entry.Name, ScalarKind.Text), FromJson(entry.Value)))]),
        JsonValueKind.Array => new SpecSequence([.. element.EnumerateArray().Select(FromJson)]),
        JsonValueKind.String => new SpecScalar(element.GetString()!, ScalarKind.Text),
        JsonValueKind.Number => new SpecScalar(element.GetRawText(),
            element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? ScalarKind.Float : ScalarKind.Integer),
        JsonValueKind.True or JsonValueKind.False => new SpecScalar(element.GetRawText(), ScalarKind.Boolean),
        _ => new SpecScalar("", ScalarKind.Null),
    };
}
