using System.Text.Json.Serialization;

namespace VirtEngine.Control;

/// <summary>How the messages of a switch's worker are written. What a newer side adds is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StopSwitchRequest))]
[JsonSerializable(typeof(SwitchStatusReply))]
internal sealed partial class SwitchJson : JsonSerializerContext;
