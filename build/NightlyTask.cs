using VirtTools.Build.Testing;

namespace VirtTools.Build;

/// <summary><c>nightly</c>: the tests in their long form. What is set already stays.</summary>
internal static class NightlyTask
{
    private static readonly (string Name, string Value)[] LongForm =
    [
        ("VIRTTOOLS_NIGHTLY", "1"),
        ("VIRTTOOLS_NATIVE_CASES", "10000000"),
    ];

    internal static int Run(string[] words)
    {
        foreach (var (name, value) in LongForm)
        {
            if (Environment.GetEnvironmentVariable(name) is null) Environment.SetEnvironmentVariable(name, value);
        }

        return TestTask.Run(words);
    }
}
