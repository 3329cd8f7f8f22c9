namespace VirtFoundation.Launching;

/// <summary>How the worker's program is called, before its own arguments.</summary>
/// <param name="Program">The program's full path, or its name in PATH.</param>
/// <param name="Arguments">What stands before the worker's own arguments: the assembly that a runtime shall run.</param>
internal sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The same command with more arguments.</summary>
    internal WorkerCommand With(params IEnumerable<string> more) => this with { Arguments = [.. Arguments, .. more] };
}
