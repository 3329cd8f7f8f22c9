using VirtTools.Build.Debian;
using VirtTools.Build.Packaging;

namespace VirtTools.Build;

/// <summary><c>demo</c>: the packaged module runs <c>examples/quickstart.ps1</c>, in PowerShell 7.6 or later, else in tools/PipelineHost.</summary>
internal static class DemoTask
{
    private static readonly Version LeastPowerShell = new(7, 6);

    internal static int Run(string[] arguments)
    {
        if (arguments.Length > 0) throw new TaskFailedException("The demo takes no arguments.");
        DebianPackages.Provide(DebianPackages.ForDemo);
        var module = PackageTask.Make(PackageTask.ThisPlatform).Manifest;
        var script = Repository.At("examples", "quickstart.ps1");
        return PowerShell is { } version ? InPowerShell(version, module, script) : InPipelineHost(module, script);
    }

    private static int InPowerShell(Version version, string module, string script)
    {
        Console.WriteLine($"Running {script} in PowerShell {version}.");
        return Command.Run("pwsh",
        [
            "-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Stop'; Import-Module -Name {Quoted(module)}; & {Quoted(script)}",
        ]);
    }

    private static int InPipelineHost(string module, string script)
    {
        var host = Repository.At("tools", "PipelineHost");
        Console.WriteLine($"Running {script} in tools/PipelineHost: there is no PowerShell {LeastPowerShell} here.");
        Command.Check("dotnet", "build", host, "-c", Repository.Configuration, "-v", "quiet", "-tl:off", "--nologo", "-clp:ErrorsOnly");
        return Command.Run("dotnet", [Repository.AssemblyOf(host), "-Module", module, "-File", script]);
    }

    private static Version? PowerShell
    {
        get
        {
            if (Command.Find("pwsh") is null) return null;
            var (code, output) = Command.Capture("pwsh", ["-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString(2)"]);
            return code == 0 && Version.TryParse(output, out var version) && version >= LeastPowerShell ? version : null;
        }
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
