using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>A program that others wrote for hives. On Linux it must be there; elsewhere there is none.</summary>
internal static class PeerTool
{
    internal static string Run(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8, StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PERL_UNICODE"] = "SD";
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var writing = Task.Run(() =>
            {
                using var stdin = process.StandardInput;
                stdin.Write(input);
            });
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{error.Result}{output}");
            writing.Wait();
            return output;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"{program} is needed (Debian packages libhivex-bin, libwin-hivex-perl, libregf-utils and reglookup): {e.Message}", e);
        }
    }
}
