using System.Diagnostics;

namespace VirtTools.Build.Testing;

/// <summary>Runs a test project that the solution has built.</summary>
internal static class DotnetTests
{
    // A test that hangs is ended, so that a run always ends and says where it was.
    private static string HangTimeout => Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? "6h" : "5m";

    internal static TestRun Run(string project, string results, IReadOnlyDictionary<string, string>? environment = null)
    {
        var name = Path.GetFileName(project);
        var assembly = Repository.AssemblyOf(project);
        if (!File.Exists(assembly)) return new(name, [], TimeSpan.Zero, $"the build made no {assembly}; is the project in VirtTools.sln?");

        var watch = Stopwatch.StartNew();
        var directory = Directory.CreateDirectory(Path.Combine(results, name)).FullName;
        var (code, output) = Command.Capture("dotnet",
        [
            "test", assembly, "--nologo", "--logger", $"trx;LogFileName={name}.trx", "--results-directory", directory,
            "--blame", "--blame-hang-timeout", HangTimeout, "--blame-hang-dump-type", "none",
        ], new Dictionary<string, string>([.. Command.ShortLived, .. environment ?? new Dictionary<string, string>()]));
        File.WriteAllText(Path.Combine(directory, "output.log"), output);
        var file = TrxFile.Read(Path.Combine(directory, name + ".trx"));
        return new(name, file.Tests, watch.Elapsed, Problem(code, output, file));
    }

    // The counts come from the file alone, but what the runner says must agree with them.
    private static string? Problem(int code, string output, TrxFile file)
    {
        var failed = file.Tests.Any(test => test.Outcome == TestOutcome.Failed);
        if (file.Tests.All(test => test.Outcome == TestOutcome.Skipped)) return Because(file.Tests.Count == 0 ? "no test ran" : "every test was skipped");
        if (code != 0 && (!failed || IsAborted(output))) return Because($"the run ended with {code} before its end");
        return null;

        string Because(string what) => string.Join("\n", [what + ".", .. file.Errors, .. output.Split('\n').TakeLast(15)]);
    }

    private static bool IsAborted(string output) => output.Contains("Test Run Aborted", StringComparison.OrdinalIgnoreCase);
}
