using System.Text.Json.Serialization;
using VirtEngine.Events;
using VirtEngine.GuestAgent;
using VirtEngine.Machines;

namespace VirtEngine.Control;

/// <summary>What a worker answers. A request has any number of replies that carry parts, and one that ends it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(DoneReply), "done")]
[JsonDerivedType(typeof(ErrorReply), "error")]
[JsonDerivedType(typeof(HelloReply), "hello")]
[JsonDerivedType(typeof(StatusReply), "status")]
[JsonDerivedType(typeof(ConsoleReply), "console")]
[JsonDerivedType(typeof(EventReply), "event")]
[JsonDerivedType(typeof(AgentInfoReply), "agentInfo")]
[JsonDerivedType(typeof(AgentSystemReply), "agentSystem")]
[JsonDerivedType(typeof(AgentNetworkReply), "agentNetwork")]
[JsonDerivedType(typeof(OutputReply), "output")]
[JsonDerivedType(typeof(AgentRunReply), "agentRun")]
[JsonDerivedType(typeof(NumberReply), "number")]
[JsonDerivedType(typeof(DataReply), "data")]
internal abstract record ControlReply
{
    /// <summary>The number of the request.</summary>
    public long Id { get; init; }

    /// <summary>Whether more replies to the request follow.</summary>
    public bool More { get; init; }
}

/// <summary>The request was carried out.</summary>
internal sealed record DoneReply : ControlReply;

/// <summary>The request failed.</summary>
internal sealed record ErrorReply(string Code, string Message) : ControlReply
{
    /// <summary>The failure as the client meets it. A newer worker's code that this program does not know keeps its message.</summary>
    internal VirtException ToException() =>
        new(Enum.TryParse<VirtErrorCode>(Code, out var code) && Enum.IsDefined(code) ? code : VirtErrorCode.InternalError, Message);

    internal static ErrorReply From(VirtException failure) => new(failure.Code.ToString(), failure.Message);
}

/// <summary>The worker's answer to hello.</summary>
internal sealed record HelloReply(int Version, int OldestVersion, Guid Machine) : ControlReply;

/// <summary>What the machine is doing.</summary>
internal sealed record StatusReply(
    MachineState State, string? Reason, string? Hypervisor, bool AgentReady, string? AgentVersion, long ConsoleLength, long MemoryUsed)
    : ControlReply;

/// <summary>A part of the console's output, and where it stands from the run's start.</summary>
internal sealed record ConsoleReply(long Offset, byte[] Data) : ControlReply;

/// <summary>An event.</summary>
internal sealed record EventReply(MachineEvent Event) : ControlReply;

/// <summary>What the agent says about itself.</summary>
internal sealed record AgentInfoReply(AgentInfo Info) : ControlReply;

/// <summary>What the guest says about its operating system.</summary>
internal sealed record AgentSystemReply(GuestOperatingSystem System) : ControlReply;

/// <summary>The guest's network interfaces.</summary>
internal sealed record AgentNetworkReply(IReadOnlyList<GuestNetworkInterface> Interfaces) : ControlReply;

/// <summary>A part of what a program in the guest wrote.</summary>
internal sealed record OutputReply(bool IsError, byte[] Data) : ControlReply;

/// <summary>How a program in the guest ended; its output came before.</summary>
internal sealed record AgentRunReply(GuestCommandResult Result) : ControlReply;

/// <summary>A handle or a position.</summary>
internal sealed record NumberReply(long Value) : ControlReply;

/// <summary>Content of a file.</summary>
internal sealed record DataReply(byte[] Data) : ControlReply;
