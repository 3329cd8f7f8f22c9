using VirtEngine.GuestAgent;
using VirtFoundation.Control;

namespace VirtEngine.Control;

/// <summary>Stops the machine.</summary>
/// <param name="Mode">How.</param>
/// <param name="TimeoutMilliseconds">How long the guest may take.</param>
/// <param name="ThenTurnOff">Whether to turn it off after that time, rather than to fail.</param>
internal sealed record StopRequest(StopMode Mode, long TimeoutMilliseconds, bool ThenTurnOff) : ControlRequest;

/// <summary>Stops processors and time.</summary>
internal sealed record PauseRequest : ControlRequest;

/// <summary>Goes on.</summary>
internal sealed record ResumeRequest : ControlRequest;

/// <summary>Asks what the machine has done so far.</summary>
internal sealed record MeasureRequest : ControlRequest;

/// <summary>Asks the guest to do without memory.</summary>
/// <param name="Bytes">How much.</param>
internal sealed record SetBalloonRequest(long Bytes) : ControlRequest;

/// <summary>Reads what the guest wrote to its console in this run.</summary>
/// <param name="Offset">Where to begin, in bytes from the run's start.</param>
/// <param name="Follow">Whether to go on as the guest writes.</param>
internal sealed record ReadConsoleRequest(long Offset, bool Follow) : ControlRequest;

/// <summary>Writes to the guest's console.</summary>
internal sealed record WriteConsoleRequest(byte[] Data) : ControlRequest;

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
