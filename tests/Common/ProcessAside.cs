using System.Diagnostics;

namespace VirtTools.Tests;

/// <summary>Static methods of tests that run in a process of their own, which can be killed.</summary>
internal static class ProcessAside
{
    /// <summary>Starts a method whose parameters are texts.</summary>
    internal static Process Start(Type type, string method, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var assembly = type.Assembly.Location;
        var settings = Path.ChangeExtension(assembly, null);
        var start = new ProcessStartInfo("dotnet",
        [
            "exec", "--depsfile", settings + ".deps.json", "--runtimeconfig", settings + ".runtimeconfig.json",
            Path.Combine(AppContext.BaseDirectory, "MethodRunner.dll"), assembly, type.FullName!, method, .. arguments,
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // Its sockets would stay behind when it is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a method to its end.</summary>
    internal static async Task RunAsync(Type type, string method, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(type, method, arguments, environment);
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors + await output);
    }

    /// <summary>Runs a method, and kills it unless it has ended within a time.</summary>
    /// <returns>Whether it was killed.</returns>
    internal static async Task<bool> RunAndKillAsync(
        Type type, string method, TimeSpan time, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(type, method, arguments, environment);
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        using var moment = new CancellationTokenSource(time);
        try
        {
            await process.WaitForExitAsync(moment.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            return true;
        }

        Assert.True(process.ExitCode == 0, await errors + await output);
        return false;
    }
}
