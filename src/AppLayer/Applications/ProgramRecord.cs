namespace AppLayer.Applications;

/// <summary>A program that was started in an application's view.</summary>
/// <param name="Number">Its number in the run, from 1.</param>
/// <param name="Command">What was started.</param>
/// <param name="Started">When, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it runs.</param>
/// <param name="ExitCode">What it ended with: 128 and the signal's number if a signal ended it; null while it runs.</param>
public sealed record ProgramRecord(int Number, string Command, DateTime Started, DateTime? Ended = null, int? ExitCode = null)
{
    /// <summary>What in its view is not as a rule of the application has it, and why. Only who starts a program is told; else it is empty.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The program in one line.</summary>
    public override string ToString() => $"{Number}: {Command} ({(ExitCode is { } code ? $"exit code {code}" : "running")})";
}
