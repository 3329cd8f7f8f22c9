using VirtTools.Build.Debian;
using VirtTools.Build.Packaging;

namespace VirtTools.Build;

/// <summary>
/// <c>demo</c>: the packaged module runs the examples: a machine from YAML to a command's output, and virtual applications, those of Windows
/// where Wine is; in PowerShell 7.6 or later, else in tools/PipelineHost.
/// </summary>
internal static class DemoTask
{
    private static readonly Version LeastPowerShell = new(7, 6);

    internal static int Run(string[] arguments)
    {
        if (arguments.Length > 0) throw new TaskFailedException("The demo takes no arguments.");
        DebianPackages.Provide(DebianPackages.ForDemo);
        var module = PackageTask.Make(PackageTask.ThisPlatform).Manifest;
        Environment.CurrentDirectory = Repository.Root; // Examples name their files from here.
        Func<string, int> run = PowerShell is { } version ? script => InPowerShell(version, module, script) : InPipelineHost(module);
        return new[] { () => run("quickstart.ps1"), () => Applications(run) }.Select(part => part()).FirstOrDefault(code => code != 0);
    }

    private static int Applications(Func<string, int> run)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.WriteLine("Virtual applications are shown on Linux so far.");
            return 0;
        }

        Directory.CreateDirectory(Repository.At("out", "demo"));
        var linux = run("applications-linux.ps1");
        if (linux != 0) return linux;
        if (DemoInstallers.Missing is { } missing)
        {
            Console.WriteLine($"Windows programs are not shown: there is no {missing}.");
            return 0;
        }

        DemoInstallers.Make(Repository.At("out", "demo"));
        return run("applications-windows.ps1");
    }

    private static int InPowerShell(Version version, string module, string script)
    {
        var file = Path.Combine("examples", script);
        Console.WriteLine($"Running {file} in PowerShell {version}.");
        return Command.Run("pwsh",
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Stop'; Import-Module -Name {Quoted(module)}; {Preparation(script)}& ./{file}",
        ]);
    }

    private static Func<string, int> InPipelineHost(string module)
    {
        var project = Repository.At("tools", "PipelineHost");
        Command.CheckQuietly("dotnet", ["build", project, "-c", Repository.Configuration, "-v", "quiet", "-tl:off", "--nologo"]);
        string[] host = [Repository.AssemblyOf(project), "-Module", module];
        return script =>
        {
            var file = Path.Combine("examples", script);
            Console.WriteLine($"Running {file} in tools/PipelineHost: there is no PowerShell {LeastPowerShell} here.");
            if (Preparation(script) is { Length: > 0 } first) Command.Check("dotnet", [.. host, "-Command", $"$ErrorActionPreference = 'Stop'; {first}"]);
            return Command.Run("dotnet", [.. host, "-File", file]);
        };
    }

    private static string Preparation(string script) => script == "quickstart.ps1" ? "Install-VirtImage | Format-List; " : "";

    private static Version? PowerShell
    {
        get
        {
            if (Command.Find("pwsh") is null) return null;
            var (code, output) = Command.Capture("pwsh", ["-NoProfile", "-NonInteractive", "-Command", "'{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor"]);
            return code == 0 && Version.TryParse(output, out var version) && version >= LeastPowerShell ? version : null;
        }
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
