using System.Text.Json.Serialization;

namespace AppLayer.Applications.Control;

/// <summary>How the messages of an application's worker are written. What a newer side adds is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StartProgramRequest))]
[JsonSerializable(typeof(WaitProgramRequest))]
[JsonSerializable(typeof(ReadProgramRequest))]
[JsonSerializable(typeof(StopApplicationRequest))]
[JsonSerializable(typeof(EndRequest))]
[JsonSerializable(typeof(TetherRequest))]
[JsonSerializable(typeof(ApplicationStatusReply))]
[JsonSerializable(typeof(ProgramStartedReply))]
[JsonSerializable(typeof(ProgramEndedReply))]
[JsonSerializable(typeof(ProgramOutputReply))]
internal sealed partial class ApplicationMessages : JsonSerializerContext;
