using System.ComponentModel;
using System.Diagnostics;

namespace VirtEngine.Tests.Acpi;

/// <summary>A program that others wrote, to check ours against. On Linux it must be there; elsewhere there is none.</summary>
internal static class PeerTool
{
    internal static string Run(string directory, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + error.Result;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
            return output;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is needed (Debian packages acpica-tools and dmidecode): {e.Message}", e);
        }
    }
}
