using System.Text.Json;
using System.Text.Json.Serialization;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>Specs inside of state files: the same documents as everywhere.</summary>
internal sealed class ApplicationSpecConverter : JsonConverter<Application>
{
    public override Application Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return SpecJson.Parse(JsonElement.ParseValue(ref reader).GetRawText()) as Application ?? throw new JsonException("the spec is of another kind");
        }
        catch (SpecException e)
        {
            throw new JsonException($"spec: {e.Message}", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Application value, JsonSerializerOptions options) =>
        writer.WriteRawValue(SpecJson.Write(value));
}
