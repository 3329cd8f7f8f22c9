using VirtFoundation.Launching;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Launching;

public sealed class SessionLauncherTests
{
    private const string Variable = "MALLOC_ARENA_MAX";

    [LinuxFact]
    public async Task A_worker_gets_the_launchers_settings_and_what_its_user_set_has_the_last_word()
    {
        var before = Environment.GetEnvironmentVariable(Variable);
        try
        {
            Environment.SetEnvironmentVariable(Variable, null);
            Assert.Equal("it ended with exit code 3: 2 131072 0", await LaunchAsync());

            Environment.SetEnvironmentVariable(Variable, "7");
            Assert.Equal("it ended with exit code 3: 7 131072 0", await LaunchAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }

    [LinuxFact]
    public async Task A_program_that_cannot_be_started_is_told()
    {
        var failure = await Assert.ThrowsAsync<VirtException>(() => new SessionLauncher().Launch(new("/none/worker", []), "/dev/null"));

        Assert.Equal(VirtErrorCode.WorkerNotFound, failure.Code);
        Assert.Contains("'/none/worker'", failure.Message, StringComparison.Ordinal);
    }

    private static Task<string> LaunchAsync() => new SessionLauncher().Launch(
        new("/bin/sh", ["-c", $"echo ${Variable} $MALLOC_TRIM_THRESHOLD_ $DOTNET_EnableDiagnostics >&2; exit 3"]), "/dev/null");
}
