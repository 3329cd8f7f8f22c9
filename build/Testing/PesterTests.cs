using System.Diagnostics;
using System.Text.Json;

namespace VirtTools.Build.Testing;

/// <summary>The tests of <c>Tests.Pester/</c>, where PowerShell and Pester 5 are.</summary>
internal static class PesterTests
{
    private const string Probe = "exit [int](-not (Get-Module Pester -ListAvailable | Where-Object { $_.Version.Major -ge 5 }))";

    /// <returns>The run, or null if it cannot be here, which is said.</returns>
    internal static TestRun? Run(string results)
    {
        var scripts = new DirectoryInfo(Repository.At("Tests.Pester"));
        if (!scripts.Exists || scripts.GetFiles("*.Tests.ps1").Length == 0) return Without("there are none");
        if (Command.Find("pwsh") is null) return Without("pwsh is not installed");
        if (Command.Capture("pwsh", ["-NoProfile", "-NonInteractive", "-Command", Probe]).ExitCode != 0) return Without("Pester 5 is not installed");

        var watch = Stopwatch.StartNew();
        var file = Path.Combine(results, "Pester.json");
        var (code, output) = Command.Capture(
            "pwsh", ["-NoProfile", "-NonInteractive", "-File", Repository.At("build", "Testing", "Invoke-Tests.ps1"), scripts.FullName, file]);
        File.WriteAllText(Path.Combine(results, "Pester.log"), output);
        var tests = File.Exists(file) ? Read(file) : [];
        var problem = code != 0 ? $"Pester ended with {code}." : tests.All(test => test.Outcome == TestOutcome.Skipped) ? "no test ran." : null;
        return new("Tests.Pester", tests, watch.Elapsed, problem is null ? null : string.Join("\n", [problem, .. output.Split('\n').TakeLast(15)]));
    }

    private static TestRun? Without(string why)
    {
        Console.WriteLine($"Pester tests skipped: {why}.");
        return null;
    }

    private static List<TestResult> Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return [.. json.RootElement.EnumerateArray().Select(test => new TestResult(
            test.GetProperty("Name").GetString()!,
            Enum.Parse<TestOutcome>(test.GetProperty("Outcome").GetString()!),
            test.GetProperty("Message").GetString()!))];
    }
}
