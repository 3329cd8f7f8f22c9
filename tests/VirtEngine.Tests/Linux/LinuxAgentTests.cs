using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace VirtEngine.Tests.Linux;

/// <summary>What an admin does with a running Linux machine: asks its agent.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxAgentTests(SharedLinuxMachine shared)
{
    private LinuxMachine Linux => shared.Linux;

    [LinuxGuestFact]
    public void Guest_reached_userspace_and_opened_its_agent_port()
    {
        var userspace = Linux.Console.TimeOf("virttools: userspace");
        Assert.NotNull(userspace);
        Assert.NotNull(Linux.AgentOpened);
        Assert.True(userspace < LinuxMachine.Patience, $"Userspace came after {userspace}");
        Assert.StartsWith("[    0.000000] Linux version 6.", Linux.Console.Text, StringComparison.Ordinal);
    }

    [LinuxGuestFact]
    public async Task Agent_answers_a_ping_and_tells_about_itself()
    {
        await Linux.Agent.PingAsync(LinuxMachine.Patience, default);
        var info = await Linux.Agent.GetInfoAsync(default);
        Assert.Contains("guest-exec", info.Commands);
        var system = await Linux.Agent.GetOperatingSystemAsync(default);
        Assert.Equal("debian", system.Id);
    }

    [LinuxGuestFact]
    public async Task Command_gives_output_errors_and_exit_code()
    {
        var result = await Linux.RunAsync("echo to output; echo to errors >&2; exit 42");
        Assert.Equal("to output\n", Encoding.UTF8.GetString(result.Output));
        Assert.Equal("to errors\n", Encoding.UTF8.GetString(result.Error));
        Assert.Equal(42, result.ExitCode);
        Assert.Null(result.Signal);
        Assert.False(result.TimedOut);
    }

    [LinuxGuestFact]
    public async Task Command_takes_and_gives_every_byte()
    {
        var input = new byte[20_000];
        new Random(7).NextBytes(input);
        for (int i = 0; i < 256; i++) input[i] = (byte)i;
        var result = await Linux.ExecuteAsync("/bin/cat", [], input);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(input, result.Output);
    }

    [LinuxGuestFact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] odd = ["%s\\n", "two words", "", "$HOME `id` 'quoted' \"twice\"", "ümläut €", "-n", "a\nb"];
        var result = await Linux.ExecuteAsync("/usr/bin/printf", odd);
        Assert.Equal(string.Concat(odd[1..].Select(argument => argument + "\n")), Encoding.UTF8.GetString(result.Output));
    }

    [LinuxGuestFact]
    public async Task Command_that_takes_too_long_is_killed()
    {
        var clock = Stopwatch.StartNew();
        var result = await Linux.Agent.RunAsync(
            new() { Path = "/bin/sleep", Arguments = ["1000"], Timeout = TimeSpan.FromSeconds(1) }, default);
        Assert.True(result.TimedOut);
        Assert.True(result.Ended);
        Assert.Equal(9, result.Signal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(60));
        Assert.NotEqual(0, (await Linux.RunAsync("pidof sleep")).ExitCode);
    }

    [LinuxGuestFact]
    public async Task File_written_through_the_agent_is_read_back()
    {
        var content = RandomNumberGenerator.GetBytes(150_000);
        await Linux.WriteFileAsync("/tmp/written", content);
        Assert.Equal(content, await Linux.ReadFileAsync("/tmp/written"));
        string sum = await Linux.AskAsync("sha256sum </tmp/written; rm /tmp/written");
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(content)), sum, StringComparison.Ordinal);
    }

    [LinuxGuestFact]
    public async Task Large_output_comes_whole()
    {
        var result = await Linux.RunAsync("seq 1 100000");
        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i}\n")), Encoding.ASCII.GetString(result.Output));
        Assert.False(result.OutputTruncated);
    }
}
