namespace AppLayer.Activation;

/// <summary>A program as the system starts it, in the worker's own mount namespace.</summary>
/// <param name="Path">Full path of the program's file, or its name in PATH.</param>
/// <param name="Arguments">Its arguments, without its name.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="WorkingDirectory">The directory that it begins in.</param>
internal sealed record ProgramCommand(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory);
