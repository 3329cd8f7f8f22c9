using System.Diagnostics;
using System.Runtime.CompilerServices;
using AppLayer.Mounting;
using VirtFoundation.Interop;
using VirtFoundation.Launching;

namespace AppLayer.Tests.Mounting;

/// <summary>Runs a static method of a test in a process of its own, in namespaces of its own; what it asserts there fails the test here.</summary>
internal static class InNamespace
{
    private const string Nobody = "65534";

    /// <summary>Who mounts: root where the tests run as root, and an ordinary user.</summary>
    public static TheoryData<bool> Users => Libc.Geteuid() == 0 ? [true, false] : [false];

    /// <summary>Runs a method.</summary>
    /// <param name="asRoot">As root; else as an ordinary user in a user namespace.</param>
    /// <param name="directory">A directory that is made that user's, with what is in it.</param>
    /// <param name="method">A static method, which gets the arguments.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="methodText">The method's name, as the compiler sees it.</param>
    /// <returns>What it wrote on its standard output.</returns>
    internal static string Run(bool asRoot, string? directory, Delegate method, string[] arguments, [CallerArgumentExpression(nameof(method))] string methodText = "")
    {
        Assert.True(method.Method.IsStatic, $"{methodText} is no static method.");
        var assembly = method.Method.DeclaringType!.Assembly.Location;
        var folder = Path.GetDirectoryName(assembly)!;
        var settings = Path.ChangeExtension(assembly, null);
        WorkerCommand command = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            ["exec", "--depsfile", settings + ".deps.json", "--runtimeconfig", settings + ".runtimeconfig.json",
            Path.Combine(folder, "MethodRunner.dll"), assembly, method.Method.DeclaringType.FullName!, method.Method.Name, .. arguments]);
        command = NamespaceCommand.Around(command, asRoot ? NamespaceKind.Root : NamespaceKind.User);
        if (!asRoot && Libc.Geteuid() == 0)
        {
            if (directory is not null) RunTool("chown", "-hR", $"{Nobody}:{Nobody}", directory);
            command = new("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--", command.Program, .. command.Arguments]);
        }

        return RunTool(command.Program, [.. command.Arguments]);
    }

    /// <returns>What it wrote on its standard output.</returns>
    internal static string RunTool(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end in two minutes.");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}{output.Result}");
        return output.Result;
    }
}
