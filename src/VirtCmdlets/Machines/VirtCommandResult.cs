using System.Text;
using VirtEngine.GuestAgent;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>How a command in a guest ended.</summary>
public sealed record VirtCommandResult
{
    internal VirtCommandResult(MachineInfo machine, string command, GuestCommandResult result)
    {
        Id = machine.Id;
        Name = machine.Name;
        HostName = machine.HostName;
        Command = command;
        ExitCode = result.ExitCode;
        Signal = result.Signal;
        StdOutBytes = result.Output;
        StdErrBytes = result.Error;
        Duration = result.Duration;
        TimedOut = result.TimedOut;
        Ended = result.Ended;
        Truncated = result.OutputTruncated || result.ErrorTruncated;
    }

    /// <summary>The machine's name.</summary>
    public string Machine => Name;

    /// <summary>The command.</summary>
    public string Command { get; }

    /// <summary>Its exit code; null if a signal ended it, or if its end was not seen.</summary>
    public int? ExitCode { get; }

    /// <summary>The signal (Linux) or exception code (Windows) that ended it.</summary>
    public int? Signal { get; }

    /// <summary>Its standard output, as UTF-8 text.</summary>
    public string StdOut => Encoding.UTF8.GetString(StdOutBytes);

    /// <summary>Its standard error, as UTF-8 text.</summary>
    public string StdErr => Encoding.UTF8.GetString(StdErrBytes);

    /// <summary>From sending the command to seeing its end.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether it ran longer than it may, and was killed.</summary>
    public bool TimedOut { get; }

    /// <summary>Whether its end was seen; false if killing it was in vain.</summary>
    public bool Ended { get; }

    /// <summary>Whether the agent cut output off (at 16 MiB).</summary>
    public bool Truncated { get; }

    /// <summary>Its standard output, byte for byte.</summary>
    public byte[] StdOutBytes { get; }

    /// <summary>Its standard error, byte for byte.</summary>
    public byte[] StdErrBytes { get; }

    /// <summary>The machine's identity.</summary>
    public Guid Id { get; }

    /// <summary>The machine's name.</summary>
    public string Name { get; }

    /// <summary>The machine's host.</summary>
    public string HostName { get; }
}
