using System.Text.Json.Serialization;

namespace VirtEngine.Events;

/// <summary>How events are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MachineEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
