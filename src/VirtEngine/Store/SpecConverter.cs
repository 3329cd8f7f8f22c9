using System.Text.Json;
using System.Text.Json.Serialization;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>Specs inside of state files: the same documents as everywhere.</summary>
internal sealed class SpecConverter<T> : JsonConverter<T>
    where T : Spec
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return SpecJson.Parse(JsonElement.ParseValue(ref reader).GetRawText()) as T ?? throw new JsonException("the spec is of another kind");
        }
        catch (SpecException e)
        {
            throw new JsonException($"spec: {e.Message}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteRawValue(SpecJson.Write(value));
}
