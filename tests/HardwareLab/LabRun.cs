namespace HardwareLab;

/// <summary>A program that has ended in the lab.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">What it wrote to its standard output and error, as they came.</param>
/// <param name="Duration">From the order until its end was told, on the host's clock.</param>
/// <param name="TimedOut">Whether it was killed because its time was over.</param>
public sealed record LabRun(int ExitCode, string Output, TimeSpan Duration, bool TimedOut)
{
    /// <summary>Itself, if the program ended with 0.</summary>
    /// <exception cref="LabException">It did not.</exception>
    public LabRun Successful() => ExitCode == 0 ? this
        : throw new LabException($"The program {(TimedOut ? "was killed, its time was over" : $"ended with {ExitCode}")} after {Duration.TotalSeconds:f1} s:\n{Output}");
}
