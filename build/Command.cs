using System.ComponentModel;
using System.Diagnostics;

namespace VirtTools.Build;

/// <summary>Runs programs. They get an empty standard input, so that none waits for a person.</summary>
internal static class Command
{
    /// <summary>For .NET programs that end within minutes: they never get back what code that counts its own branches costs them, a third of a build's time.</summary>
    internal static readonly IReadOnlyDictionary<string, string> ShortLived = new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0" };

    /// <summary>Runs a program on our own output.</summary>
    /// <returns>Its exit code.</returns>
    internal static int Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(new(program, arguments) { RedirectStandardInput = true }, environment);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program on our own output, which must succeed.</summary>
    internal static void Check(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (Run(program, arguments, environment) is var code and not 0) throw new TaskFailedException($"'{program} {string.Join(' ', arguments)}' ended with {code}.");
    }

    /// <summary>Runs a program that must succeed, and shows its output only if it doesn't.</summary>
    internal static void CheckQuietly(string program, string[] arguments)
    {
        var (code, output) = Capture(program, arguments);
        if (code != 0) throw new TaskFailedException($"{output}\n'{program} {string.Join(' ', arguments)}' ended with {code}.");
    }

    /// <summary>Runs a program and keeps what it writes on both streams, in the order in which it came.</summary>
    internal static (int ExitCode, string Output) Capture(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var output = new List<string>();
        using var process = Start(
            new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true }, environment);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (process.ExitCode, string.Join(Environment.NewLine, output));

        void Keep(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null) lock (output) output.Add(line.Data);
        }
    }

    /// <summary>A program's place in PATH, or null.</summary>
    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    private static Process Start(ProcessStartInfo start, IReadOnlyDictionary<string, string>? environment)
    {
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new TaskFailedException($"'{start.FileName}' cannot be run: {e.Message}.");
        }
    }
}
