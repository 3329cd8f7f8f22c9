using System.Diagnostics;

namespace AppLayer.Tests.Registry.Text;

internal static class Tool
{
    /// <returns>What it wrote on its standard output.</returns>
    internal static string Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, int seconds = 120)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end in {seconds} s.");
        }

        if (!Task.WaitAll([output, errors], TimeSpan.FromSeconds(seconds))) Assert.Fail($"{program} left its output open.");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {errors.Result}");
        return output.Result;
    }
}
