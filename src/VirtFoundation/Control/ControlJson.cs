using System.Text.Json.Serialization;

namespace VirtFoundation.Control;

/// <summary>How messages are written. What a newer side adds is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HelloRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(StatusRequest))]
[JsonSerializable(typeof(ReadEventsRequest))]
[JsonSerializable(typeof(DoneReply))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(HelloReply))]
[JsonSerializable(typeof(EventReply))]
[JsonSerializable(typeof(OutputReply))]
internal sealed partial class ControlJson : JsonSerializerContext;
