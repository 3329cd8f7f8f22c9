using System.Diagnostics;
using System.Text;

namespace VirtCmdlets.Tests;

/// <summary>A terminal in which one command of the module runs, as a user would have it: keys go in, the screen comes out.</summary>
internal sealed class TerminalWindow : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;
    private readonly StringBuilder _screen = new();
    private readonly Process _script;
    private readonly Task _reading;

    internal TerminalWindow(string command)
    {
        var here = AppContext.BaseDirectory;
        var lines = string.Join('\n', [
            $"cd '{_directory}'", "tty > tty", "stty -a > before",
            $"sh -c 'echo $$ > process; exec dotnet \"{here}PipelineHost.dll\" -Module \"{here}VirtTools.psd1\" -Command \"{command}\"'",
            "stty -a > after", "echo 'the prompt is back'",
        ]);
        var start = new ProcessStartInfo("script", ["-qfec", lines, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["SHELL"] = "/bin/sh";
        _script = Process.Start(start)!;
        _reading = Task.Run(ReadAsync);
    }

    internal string Screen { get { lock (_screen) return _screen.ToString(); } }

    /// <summary>How the terminal is set now, as stty tells.</summary>
    internal string Mode => Run("stty", "-a", "-F", Read("tty"));

    internal string Before => Read("before");

    internal string After => Read("after");

    internal void Press(string keys)
    {
        _script.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(keys));
        _script.StandardInput.BaseStream.Flush();
    }

    /// <summary>Sends a signal to the command's process.</summary>
    internal void Signal(string name) => Run("kill", $"-{name}", Read("process"));

    internal async Task WaitForAsync(string text)
    {
        for (var clock = Stopwatch.StartNew(); !Screen.Contains(text, StringComparison.Ordinal); await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < Patience && !_reading.IsCompleted, $"'{text}' does not come. The screen:\n{Screen}");
        }
    }

    public void Dispose()
    {
        _script.Kill(entireProcessTree: true);
        _script.WaitForExit();
        _script.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_directory, file)).Trim();

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        int read;
        while ((read = await _script.StandardOutput.ReadAsync(buffer)) > 0)
        {
            lock (_screen)
            {
                _screen.Append(buffer, 0, read);
            }
        }
    }
}
