namespace HardwareLab;

/// <summary>The processor and the memory of a lab.</summary>
public sealed record LabOptions
{
    /// <summary>
    /// How many processors it has. With more than one, each on a thread of QEMU's, a lab whose guests run has found its kernel's stacks
    /// overwritten on a busy host (QEMU 7.2).
    /// </summary>
    public int Processors { get; init; } = 1;

    /// <summary>RAM in MiB: programs, and what they write into files, live in it.</summary>
    public int Mebibytes { get; init; } = 2048;

    /// <summary>
    /// Whether its clocks count instructions: a nanosecond passes with each instruction that its one processor executes, in user mode, kernel
    /// mode and guests alike. The lab is some times slower then, and what does not wait takes the same time in every run. While the processor
    /// has nothing to do, the clocks go with the host's.
    /// </summary>
    public bool ClockOfInstructions { get; init; }

    /// <summary>How long it may take to come up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>What it may take, beyond a program's limit, to tell that it has killed the program. Then it counts as dead.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);
}
