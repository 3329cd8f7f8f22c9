using System.Collections;

namespace AppLayer.Activation;

/// <summary>Environments of programs.</summary>
internal static class ProgramEnvironment
{
    /// <summary>This process's environment, which is that of whoever called it.</summary>
    internal static Dictionary<string, string> OfThisProcess()
    {
        var environment = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return environment;
    }
}
