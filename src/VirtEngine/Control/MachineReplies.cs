using VirtEngine.GuestAgent;
using VirtEngine.Machines;
using VirtEngine.Measures;
using VirtFoundation.Control;

namespace VirtEngine.Control;

/// <summary>What the machine is doing.</summary>
internal sealed record StatusReply(
    MachineState State, string? Reason, string? Hypervisor, bool AgentReady, string? AgentVersion, long ConsoleLength, long MemoryUsed,
    long BalloonTarget = 0, long Balloon = 0)
    : ControlReply;

/// <summary>What the machine has done so far.</summary>
internal sealed record MeasureReply(MachineCounters Counters) : ControlReply;

/// <summary>A part of the console's output, and where it stands from the run's start.</summary>
internal sealed record ConsoleReply(long Offset, byte[] Data) : ControlReply;

/// <summary>What the agent says about itself.</summary>
internal sealed record AgentInfoReply(AgentInfo Info) : ControlReply;

/// <summary>What the guest says about its operating system.</summary>
internal sealed record AgentSystemReply(GuestOperatingSystem System) : ControlReply;

/// <summary>The guest's network interfaces.</summary>
internal sealed record AgentNetworkReply(IReadOnlyList<GuestNetworkInterface> Interfaces) : ControlReply;

/// <summary>How a program in the guest ended; its output came before.</summary>
internal sealed record AgentRunReply(GuestCommandResult Result) : ControlReply;

/// <summary>A handle or a position.</summary>
internal sealed record NumberReply(long Value) : ControlReply;

/// <summary>Content of a file.</summary>
internal sealed record DataReply(byte[] Data) : ControlReply;
