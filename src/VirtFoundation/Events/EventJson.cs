using System.Text.Json.Serialization;

namespace VirtFoundation.Events;

/// <summary>How events are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoggedEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
