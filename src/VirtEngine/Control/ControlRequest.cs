using System.Text.Json.Serialization;
using VirtEngine.GuestAgent;

namespace VirtEngine.Control;

/// <summary>What a client asks of a worker.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(HelloRequest), "hello")]
[JsonDerivedType(typeof(CancelRequest), "cancel")]
[JsonDerivedType(typeof(StatusRequest), "status")]
[JsonDerivedType(typeof(StopRequest), "stop")]
[JsonDerivedType(typeof(PauseRequest), "pause")]
[JsonDerivedType(typeof(ResumeRequest), "resume")]
[JsonDerivedType(typeof(ReadConsoleRequest), "readConsole")]
[JsonDerivedType(typeof(WriteConsoleRequest), "writeConsole")]
[JsonDerivedType(typeof(ReadEventsRequest), "readEvents")]
[JsonDerivedType(typeof(AgentPingRequest), "agentPing")]
[JsonDerivedType(typeof(AgentInfoRequest), "agentInfo")]
[JsonDerivedType(typeof(AgentSystemRequest), "agentSystem")]
[JsonDerivedType(typeof(AgentNetworkRequest), "agentNetwork")]
[JsonDerivedType(typeof(AgentRunRequest), "agentRun")]
[JsonDerivedType(typeof(AgentPowerRequest), "agentPower")]
[JsonDerivedType(typeof(OpenFileRequest), "openFile")]
[JsonDerivedType(typeof(ReadFileRequest), "readFile")]
[JsonDerivedType(typeof(WriteFileRequest), "writeFile")]
[JsonDerivedType(typeof(SeekFileRequest), "seekFile")]
[JsonDerivedType(typeof(CloseFileRequest), "closeFile")]
internal abstract record ControlRequest
{
    /// <summary>The client's number for the request, which its replies bear.</summary>
    public long Id { get; init; }
}

/// <summary>The first request: which versions the client speaks.</summary>
internal sealed record HelloRequest(int Version, int OldestVersion) : ControlRequest;

/// <summary>Gives up on a request that is under way; has no reply of its own.</summary>
internal sealed record CancelRequest(long Target) : ControlRequest;

/// <summary>What the machine is doing.</summary>
internal sealed record StatusRequest : ControlRequest;

/// <summary>Stops the machine.</summary>
/// <param name="Mode">How.</param>
/// <param name="TimeoutMilliseconds">How long the guest may take.</param>
/// <param name="ThenTurnOff">Whether to turn it off after that time, rather than to fail.</param>
internal sealed record StopRequest(StopMode Mode, long TimeoutMilliseconds, bool ThenTurnOff) : ControlRequest;

/// <summary>Stops processors and time.</summary>
internal sealed record PauseRequest : ControlRequest;

/// <summary>Goes on.</summary>
internal sealed record ResumeRequest : ControlRequest;

/// <summary>Reads what the guest wrote to its console in this run.</summary>
/// <param name="Offset">Where to begin, in bytes from the run's start.</param>
/// <param name="Follow">Whether to go on as the guest writes.</param>
internal sealed record ReadConsoleRequest(long Offset, bool Follow) : ControlRequest;

/// <summary>Writes to the guest's console.</summary>
internal sealed record WriteConsoleRequest(byte[] Data) : ControlRequest;

/// <summary>Reads events.</summary>
/// <param name="After">Only those with a greater number.</param>
/// <param name="Follow">Whether to go on as they happen.</param>
internal sealed record ReadEventsRequest(long After, bool Follow) : ControlRequest;

/// <summary>Waits for a sign of life of the guest agent.</summary>
internal sealed record AgentPingRequest(long TimeoutMilliseconds) : ControlRequest;

/// <summary>Asks the guest agent about itself.</summary>
internal sealed record AgentInfoRequest : ControlRequest;

/// <summary>Asks the guest about its operating system.</summary>
internal sealed record AgentSystemRequest : ControlRequest;

/// <summary>Asks the guest for its network interfaces.</summary>
internal sealed record AgentNetworkRequest : ControlRequest;

/// <summary>Runs a program in the guest.</summary>
internal sealed record AgentRunRequest(GuestCommand Command) : ControlRequest;

/// <summary>Asks the guest to shut down or to start again.</summary>
internal sealed record AgentPowerRequest(GuestPowerAction Action) : ControlRequest;

/// <summary>Opens a file of the guest; it is closed with the connection at the latest.</summary>
internal sealed record OpenFileRequest(string Path, GuestFileMode Mode) : ControlRequest;

/// <summary>Reads from an open file of the guest.</summary>
internal sealed record ReadFileRequest(long Handle, int Count) : ControlRequest;

/// <summary>Writes to an open file of the guest.</summary>
internal sealed record WriteFileRequest(long Handle, byte[] Data) : ControlRequest;

/// <summary>Moves the position of an open file of the guest.</summary>
internal sealed record SeekFileRequest(long Handle, long Offset, SeekOrigin Origin) : ControlRequest;

/// <summary>Closes a file of the guest.</summary>
internal sealed record CloseFileRequest(long Handle) : ControlRequest;
