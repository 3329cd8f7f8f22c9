using AppLayer.Activation;
using VirtFoundation;
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

    /// <summary>Environment variables over those of the spec; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The program with everything that it gets: the environment of this process, over it the spec's, and over that the request's.</summary>
    /// <exception cref="VirtException">A variable is none that a spec could set.</exception>
    internal ProgramStart ToProgram(Application spec)
    {
        var environment = ProgramEnvironment.OfThisProcess();
        foreach (var (name, value) in spec.Environment)
        {
            environment[name] = value;
        }

        Check(spec);
        foreach (var (name, value) in Environment)
        {
            if (value is null)
            {
                environment.Remove(name);
            }
            else
            {
                environment[name] = value;
            }
        }

        return new()
        {
            Command = Command ?? spec.Command,
            Arguments = Command is null ? [.. spec.Arguments, .. Arguments] : Arguments,
            WorkingDirectory = WorkingDirectory ?? spec.WorkingDirectory,
            Environment = environment,
        };
    }

    private void Check(Application spec)
    {
        var asked = new LabelDictionary(Environment.Select(variable => KeyValuePair.Create(variable.Key, variable.Value ?? "")));
        if (Environment.Count > 0 && SpecRules.FindErrors([spec with { Environment = asked }]) is { Count: > 0 } errors)
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, string.Join(System.Environment.NewLine, errors));
        }
    }
}
