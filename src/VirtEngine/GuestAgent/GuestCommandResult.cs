namespace VirtEngine.GuestAgent;

/// <summary>How a program in the guest ended.</summary>
public sealed record GuestCommandResult
{
    /// <summary>Its number in the guest.</summary>
    public required long ProcessId { get; init; }

    /// <summary>Its exit code; null if a signal or an exception ended it, or if its end was not seen.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal (Linux) or the exception's code (Windows) that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>What it wrote to its standard output.</summary>
    public byte[] Output { get; init; } = [];

    /// <summary>What it wrote to its standard error.</summary>
    public byte[] Error { get; init; } = [];

    /// <summary>Whether the agent cut the standard output off (16 MiB).</summary>
    public bool OutputTruncated { get; init; }

    /// <summary>Whether the agent cut the standard error off (16 MiB).</summary>
    public bool ErrorTruncated { get; init; }

    /// <summary>Whether it ran longer than it may.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether its end was seen; false if the attempt to kill it after its time was in vain.</summary>
    public bool Ended { get; init; }

    /// <summary>From sending the command to seeing its end.</summary>
    public TimeSpan Duration { get; init; }
}
