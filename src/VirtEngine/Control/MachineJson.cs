using System.Text.Json.Serialization;

namespace VirtEngine.Control;

/// <summary>How the messages of a machine's worker are written. What a newer side adds is passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(MeasureRequest))]
[JsonSerializable(typeof(SetBalloonRequest))]
[JsonSerializable(typeof(ReadConsoleRequest))]
[JsonSerializable(typeof(WriteConsoleRequest))]
[JsonSerializable(typeof(AgentPingRequest))]
[JsonSerializable(typeof(AgentInfoRequest))]
[JsonSerializable(typeof(AgentSystemRequest))]
[JsonSerializable(typeof(AgentNetworkRequest))]
[JsonSerializable(typeof(AgentRunRequest))]
[JsonSerializable(typeof(AgentPowerRequest))]
[JsonSerializable(typeof(OpenFileRequest))]
[JsonSerializable(typeof(ReadFileRequest))]
[JsonSerializable(typeof(WriteFileRequest))]
[JsonSerializable(typeof(SeekFileRequest))]
[JsonSerializable(typeof(CloseFileRequest))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(MeasureReply))]
[JsonSerializable(typeof(ConsoleReply))]
[JsonSerializable(typeof(AgentInfoReply))]
[JsonSerializable(typeof(AgentSystemReply))]
[JsonSerializable(typeof(AgentNetworkReply))]
[JsonSerializable(typeof(AgentRunReply))]
[JsonSerializable(typeof(NumberReply))]
[JsonSerializable(typeof(DataReply))]
internal sealed partial class MachineJson : JsonSerializerContext;
