using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using VirtEngine.GuestAgent;
using VirtFoundation;
using VirtTools.Tests;

namespace VirtEngine.Tests.GuestAgent;

/// <summary>The client against the agent that Debian's guests run.</summary>
public sealed class QemuGuestAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [QemuGuestAgentFact]
    public async Task It_answers_and_says_who_it_is()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        await client.PingAsync(Patience, default);
        var info = await client.GetInfoAsync(default);
        var system = await client.GetOperatingSystemAsync(default);
        var networks = await client.GetNetworkInterfacesAsync(default);

        Assert.Matches(@"^\d+\.\d+", info.Version);
        Assert.Contains("guest-exec", info.Commands);
        Assert.Equal("debian", system.Id);
        Assert.Equal(Environment.MachineName, system.ComputerName);
        Assert.Contains(networks.Single(one => one.Name == "lo").Addresses, address => address == "127.0.0.1/8");
    }

    [QemuGuestAgentFact]
    public async Task Commands_give_exit_code_output_and_error_byte_for_byte()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);

        var echoed = await client.RunAsync(new() { Path = "cat", Input = bytes }, default);
        var failed = await client.RunAsync(
            new() { Path = "/bin/sh", Arguments = ["-c", "printf '%s' \"$1\" >&2; exit 7", "sh", "a \"b\" $c\n'ä'"] }, default);
        var killed = await client.RunAsync(new() { Path = "/bin/sh", Arguments = ["-c", "kill -15 $$"] }, default);
        var environment = await client.RunAsync(new() { Path = "/usr/bin/env", Environment = ["A=1", "B=x y"] }, default);

        Assert.Equal(0, echoed.ExitCode);
        Assert.Equal(bytes, echoed.Output);
        Assert.True(echoed.Ended);
        Assert.InRange(echoed.Duration, TimeSpan.FromTicks(1), Patience);
        Assert.Equal(7, failed.ExitCode);
        Assert.Equal("a \"b\" $c\n'ä'", Encoding.UTF8.GetString(failed.Error));
        Assert.Empty(failed.Output);
        Assert.Null(killed.ExitCode);
        Assert.Equal(15, killed.Signal);
        Assert.Equal("A=1\nB=x y\n", Encoding.UTF8.GetString(environment.Output));
    }

    [QemuGuestAgentFact]
    public async Task A_program_that_is_not_there_is_refused_and_the_agent_serves_on()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        var failure = await Assert.ThrowsAsync<VirtException>(() => client.RunAsync(new() { Path = "/no/such/program" }, default));

        Assert.Equal(VirtErrorCode.AgentRefused, failure.Code);
        Assert.Contains("/no/such/program", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await client.RunAsync(new() { Path = "true" }, default)).ExitCode);
    }

    [QemuGuestAgentFact]
    public async Task A_command_that_takes_too_long_is_killed_and_that_is_said()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        var result = await client.RunAsync(
            new() { Path = "/bin/sh", Arguments = ["-c", "echo begun; exec sleep 3600"], Timeout = TimeSpan.FromMilliseconds(300) }, default);

        Assert.True(result.TimedOut);
        Assert.True(result.Ended);
        Assert.Equal(9, result.Signal);
        Assert.Null(result.ExitCode);
        Assert.Equal("begun\n", Encoding.UTF8.GetString(result.Output));
        Assert.DoesNotContain(Process.GetProcesses(), process => process.Id == result.ProcessId && process.ProcessName == "sleep");
    }

    [QemuGuestAgentFact]
    public async Task A_command_that_nobody_waits_for_any_more_is_killed()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);
        using var cancel = new CancellationTokenSource(300);
        using var directory = new TemporaryDirectory();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.RunAsync(
            new() { Path = "/bin/sh", Arguments = ["-c", $"echo $$ > {directory["pid"]}; exec sleep 3600"] }, cancel.Token));

        Assert.False(Directory.Exists($"/proc/{File.ReadAllText(directory["pid"]).Trim()}"));
    }

    [QemuGuestAgentFact]
    public async Task Large_output_comes_whole_and_what_the_agent_cuts_off_is_said()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        var whole = await client.RunAsync(new() { Path = "head", Arguments = ["-c", "5000000", "/dev/zero"] }, default);
        var cut = await client.RunAsync(new() { Path = "head", Arguments = ["-c", "20000000", "/dev/zero"] }, default);

        Assert.Equal(5_000_000, whole.Output.Length);
        Assert.False(whole.OutputTruncated);
        Assert.True(cut.OutputTruncated);
        Assert.Equal(16 << 20, cut.Output.Length);
    }

    [QemuGuestAgentFact]
    public async Task Files_are_written_and_read_back_whole()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);
        using var directory = new TemporaryDirectory();
        var content = RandomNumberGenerator.GetBytes(1_000_003);

        var writing = await client.OpenFileAsync(directory["f"], GuestFileMode.Create, default);
        await client.WriteFileAsync(writing, content, default);
        await client.CloseFileAsync(writing, default);
        var appending = await client.OpenFileAsync(directory["f"], GuestFileMode.Append, default);
        await client.WriteFileAsync(appending, "end"u8.ToArray(), default);
        await client.CloseFileAsync(appending, default);
        var reading = await client.OpenFileAsync(directory["f"], GuestFileMode.Read, default);
        var read = new MemoryStream();
        while (await client.ReadFileAsync(reading, GuestAgentClient.FileChunk, default) is { Length: > 0 } part)
        {
            read.Write(part);
        }

        Assert.Equal(content.Length, await client.SeekFileAsync(reading, -3, SeekOrigin.End, default));
        Assert.Equal("end", Encoding.ASCII.GetString(await client.ReadFileAsync(reading, 10, default)));
        await client.CloseFileAsync(reading, default);

        Assert.Equal([.. content, .. "end"u8], read.ToArray());
        Assert.Equal([.. content, .. "end"u8], File.ReadAllBytes(directory["f"]));
        Assert.Equal(
            VirtErrorCode.AgentRefused,
            (await Assert.ThrowsAsync<VirtException>(() => client.ReadFileAsync(reading, 10, default))).Code);
    }

    [QemuGuestAgentFact]
    public async Task Many_callers_at_once_are_served_in_turn()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            number => client.RunAsync(new() { Path = "echo", Arguments = [$"{number}"] }, default)));

        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number}\n"), results.Select(result => Encoding.ASCII.GetString(result.Output)));
    }

    [QemuGuestAgentFact]
    public async Task What_a_former_client_left_half_written_does_no_harm()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using (var first = await agent.ConnectAsync())
        {
            await first.WriteAsync("{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"touch"u8.ToArray(), default);
        }

        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel);

        Assert.Equal(0, (await client.RunAsync(new() { Path = "true" }, default)).ExitCode);
    }

    [QemuGuestAgentFact]
    public async Task An_agent_that_hangs_after_a_command_leaves_the_outcome_unknown_and_recovers()
    {
        using var agent = await QemuGuestAgent.StartAsync();
        using var channel = await agent.ConnectAsync();
        await using var client = new GuestAgentClient(channel, answerPatience: TimeSpan.FromSeconds(1));
        using var directory = new TemporaryDirectory();
        await client.PingAsync(Patience, default);

        agent.Signal("STOP");
        var failure = await Assert.ThrowsAsync<VirtException>(
            () => client.RunAsync(new() { Path = "/bin/sh", Arguments = ["-c", $"echo once >> {directory["mark"]}"] }, default));
        var busy = await Assert.ThrowsAsync<VirtException>(() => client.RunAsync(new() { Path = "true" }, default));
        agent.Signal("CONT");
        await client.PingAsync(Patience, default);
        await client.RunAsync(new() { Path = "sleep", Arguments = ["0.1"] }, default);

        Assert.Equal(VirtErrorCode.AgentOutcomeUnknown, failure.Code);
        Assert.Equal(VirtErrorCode.AgentTimeout, busy.Code);
        Assert.Equal("once\n", File.ReadAllText(directory["mark"]));
    }
}
