using System.Runtime.InteropServices;
using VirtFoundation.Launching;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Launching;

public sealed class WorkerLocatorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_installed_module_brings_its_own_worker()
    {
        var system = OperatingSystem.IsWindows() ? "win" : "linux";
        var home = _directory[$"bin/{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"];
        Directory.CreateDirectory(home);
        var worker = Path.Combine(home, OperatingSystem.IsWindows() ? "VirtWorker.exe" : "VirtWorker");
        File.WriteAllText(worker, "");
        File.WriteAllText(_directory["VirtWorker.dll"], "");

        var command = WorkerLocator.Find(_directory.Path, null, null);

        Assert.Equal(worker, command.Program);
        Assert.Empty(command.Arguments);
    }

    [Fact]
    public void A_build_from_source_runs_by_the_runtime()
    {
        File.WriteAllText(_directory["VirtWorker.dll"], "");

        var command = WorkerLocator.Find(_directory.Path, "", "");

        Assert.StartsWith("dotnet", Path.GetFileName(command.Program), StringComparison.Ordinal);
        Assert.True(File.Exists(command.Program));
        Assert.Equal([_directory["VirtWorker.dll"]], command.Arguments);
    }

    [Fact]
    public void No_worker_is_an_error_that_names_the_places()
    {
        var failure = Assert.Throws<VirtException>(() => WorkerLocator.Find(_directory.Path, null, null));

        Assert.Equal(VirtErrorCode.WorkerNotFound, failure.Code);
        Assert.Contains(_directory["VirtWorker.dll"], failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"a b", @"""a b""")]
    [InlineData(@"C:\dir\", @"""C:\dir\\""")]
    [InlineData(@"say ""hi""", @"""say \""hi\""""")]
    [InlineData(@"back\""slash", @"""back\\\""slash""")]
    [InlineData("", "\"\"")]
    public void Arguments_are_quoted_as_Windows_takes_them_apart(string argument, string quoted) =>
        Assert.Equal($"\"w\" {quoted}", BreakawayLauncher.CommandLine(new("w", [argument])));

    [Fact]
    public void The_last_word_on_killing_at_logout_counts()
    {
        Directory.CreateDirectory(_directory["etc/logind.conf.d"]);
        Directory.CreateDirectory(_directory["lib"]);
        File.WriteAllText(_directory["lib/logind.conf"], "[Login]\nKillUserProcesses=no\n");
        Assert.False(LogindSettings.KillsAtLogout([_directory["lib"], _directory["etc"], _directory["none"]]));
        File.WriteAllText(_directory["etc/logind.conf.d/50.conf"], "[Login]\n#KillUserProcesses=no\n KillUserProcesses = Yes\n");
        Assert.True(LogindSettings.KillsAtLogout([_directory["lib"], _directory["etc"]]));
    }
}
