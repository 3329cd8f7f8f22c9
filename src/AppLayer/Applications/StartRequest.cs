using AppLayer.Activation;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>What a start asks for beyond the application's spec.</summary>
public sealed record StartRequest
{
    /// <summary>Arguments behind those of the spec.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The directory to run in instead of the spec's, written as there.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Another program of the view than the spec's, written as there; the spec's arguments are left out then.</summary>
    public string? Command { get; init; }

    /// <summary>The program with everything that it gets: the environment of this process, and over it the spec's.</summary>
    internal ProgramStart ToProgram(Application spec)
    {
        var environment = ProgramEnvironment.OfThisProcess();
        foreach (var (name, value) in spec.Environment)
        {
            environment[name] = value;
        }

        return new()
        {
            Command = Command ?? spec.Command,
            Arguments = Command is null ? [.. spec.Arguments, .. Arguments] : Arguments,
            WorkingDirectory = WorkingDirectory ?? spec.WorkingDirectory,
            Environment = environment,
        };
    }
}
