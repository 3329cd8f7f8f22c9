using System.Diagnostics;

namespace VirtEngine.Tests.Boot;

/// <summary>Runs a program that others wrote, to compare with.</summary>
internal static class Tool
{
    /// <summary>Runs to the end and gives what it wrote; fails if it fails.</summary>
    internal static byte[] Run(string program, string[] arguments, byte[]? input = null, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        var copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (input is not null) process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        copy.Wait();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{errors.Result}");
        return output.ToArray();
    }

    internal static string RunText(string program, params string[] arguments) => System.Text.Encoding.UTF8.GetString(Run(program, arguments));
}
