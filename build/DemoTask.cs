using VirtTools.Build.Debian;
using VirtTools.Build.Packaging;

namespace VirtTools.Build;

/// <summary>
/// <c>demo</c>: the packaged module makes a guest image, which stays for the next time, and runs <c>examples/quickstart.ps1</c>; in PowerShell
/// 7.6 or later, else in tools/PipelineHost.
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
        var script = Path.Combine("examples", "quickstart.ps1");
        return PowerShell is { } version ? InPowerShell(version, module, script) : InPipelineHost(module, script);
    }

    private static int InPowerShell(Version version, string module, string script)
    {
        Console.WriteLine($"Running {script} in PowerShell {version}.");
        return Command.Run("pwsh",
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Stop'; Import-Module -Name {Quoted(module)}; Install-VirtImage | Format-List; & ./{script}",
        ]);
    }

    private static int InPipelineHost(string module, string script)
    {
        var project = Repository.At("tools", "PipelineHost");
        Console.WriteLine($"Running {script} in tools/PipelineHost: there is no PowerShell {LeastPowerShell} here.");
        Command.CheckQuietly("dotnet", ["build", project, "-c", Repository.Configuration, "-v", "quiet", "-tl:off", "--nologo"]);
        string[] host = [Repository.AssemblyOf(project), "-Module", module];
        Command.Check("dotnet", [.. host, "-Command", "$ErrorActionPreference = 'Stop'; Install-VirtImage | Format-List"]);
        return Command.Run("dotnet", [.. host, "-File", script]);
    }

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
