using System.Text;
using FakeWorker;
using VirtEngine.GuestAgent;
using VirtFoundation;

namespace VirtEngine.Tests.GuestAgent;

/// <summary>A guest whose agent does what no agent should. Alone, since one of the tests counts what the process allocates.</summary>
[Collection(nameof(HostileAgentTests))]
[CollectionDefinition(nameof(HostileAgentTests), DisableParallelization = true)]
public sealed class HostileAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Nobody_at_the_port_is_said_at_once()
    {
        var channel = new FakeChannel(open: false);
        await using var client = new GuestAgentClient(channel);

        Assert.Equal(VirtErrorCode.AgentNotConnected, (await Assert.ThrowsAsync<VirtException>(() => client.PingAsync(Patience, default))).Code);
    }

    [Fact]
    public async Task Readiness_follows_the_port()
    {
        var channel = new FakeChannel(open: false);
        await using var client = new GuestAgentClient(channel);
        var seen = new List<bool>();
        client.OpenChanged += seen.Add;

        channel.Open();
        using var first = new FakeAgent(channel.GuestReader, channel.GuestWriter, () => { });
        await client.PingAsync(Patience, default);
        channel.Close();
        await Assert.ThrowsAsync<VirtException>(() => client.PingAsync(Patience, default));
        channel.Open();
        using var second = new FakeAgent(channel.GuestReader, channel.GuestWriter, () => { });
        var result = await client.RunAsync(new() { Path = "echo", Arguments = ["again"] }, default);

        Assert.Equal([true, false, true], seen);
        Assert.Equal("again\n", Encoding.ASCII.GetString(result.Output));
    }

    [Fact]
    public async Task Garbage_before_and_between_answers_is_passed_over()
    {
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["login: \u0001\u0002", "{\"return\": 77}", "{\"ret", "\u00ff@SYNC@"],
            _ => ["[1,2]", "\"text\"", "{\"event\":\"x\"}", "{\"return\":{\"version\":\"1\",\"supported_commands\":[]}}"],
        });

        Assert.Equal("1", (await guest.Client.GetInfoAsync(default)).Version);
    }

    [Fact]
    public async Task Answers_to_an_earlier_client_are_not_taken_for_ours()
    {
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["{\"return\":{\"version\":\"old\",\"supported_commands\":[]}}", "\u00ff{\"return\":123456}", "\u00ff@SYNC@"],
            _ => ["{\"return\":{\"version\":\"new\",\"supported_commands\":[]}}"],
        });

        Assert.Equal("new", (await guest.Client.GetInfoAsync(default)).Version);
    }

    [Theory]
    [InlineData("{\"return\":{}}")]
    [InlineData("{\"return\":{\"version\":7,\"supported_commands\":[]}}")]
    [InlineData("{\"return\":{\"version\":\"1\",\"supported_commands\":{}}}")]
    [InlineData("{\"return\":[]}")]
    [InlineData("{\"return\":null}")]
    [InlineData("{\"return\":{\"version\":null,\"supported_commands\":[]}}")]
    [InlineData("{\"return\":{\"version\":\"\\ud800\",\"supported_commands\":[]}}")]
    [InlineData("{\"return\":{\"version\":\"1\",\"supported_commands\":[{\"name\":null,\"enabled\":true}]}}")]
    public async Task An_answer_of_another_shape_is_the_guests_fault(string answer)
    {
        await using var guest = new ScriptedGuest(line => line == "guest-sync-delimited" ? ["\u00ff@SYNC@"] : [answer]);

        Assert.Equal(
            VirtErrorCode.AgentProtocolViolation, (await Assert.ThrowsAsync<VirtException>(() => guest.Client.GetInfoAsync(default))).Code);
    }

    [Theory]
    [InlineData("{\"return\":{\"pid\":\"x\"}}")]
    [InlineData("{\"return\":{\"pid\":1e300}}")]
    [InlineData("{\"return\":{\"pid\":1.5}}")]
    [InlineData("{\"return\":[]}")]
    public async Task A_process_without_a_number_may_run_all_the_same(string answer)
    {
        await using var guest = new ScriptedGuest(line => line == "guest-sync-delimited" ? ["\u00ff@SYNC@"] : [answer]);

        Assert.Equal(
            VirtErrorCode.AgentOutcomeUnknown,
            (await Assert.ThrowsAsync<VirtException>(() => guest.Client.RunAsync(new() { Path = "x" }, default))).Code);
    }

    [Fact]
    public async Task More_of_a_file_than_was_asked_for_is_refused()
    {
        await using var guest = new ScriptedGuest(line => line == "guest-sync-delimited"
            ? ["\u00ff@SYNC@"]
            : [$"{{\"return\":{{\"count\":100,\"buf-b64\":\"{Convert.ToBase64String(new byte[100])}\",\"eof\":false}}}}"]);

        Assert.Equal(
            VirtErrorCode.AgentProtocolViolation, (await Assert.ThrowsAsync<VirtException>(() => guest.Client.ReadFileAsync(1, 10, default))).Code);
    }

    [Fact]
    public async Task A_line_without_end_is_bounded()
    {
        var channel = new FakeChannel(open: true);
        var reader = new AgentLineReader(channel, longestLine: 1 << 20);
        var next = reader.ReadAsync(default).AsTask();
        var before = GC.GetTotalAllocatedBytes();
        var junk = new byte[1 << 16];
        junk.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 1000; i++)
        {
            await channel.GuestWriter.WriteAsync(junk);
        }

        await channel.GuestWriter.WriteAsync("\nshort\n"u8.ToArray());

        Assert.True((await next)!.Value.TooLong);
        Assert.Equal("short", Encoding.ASCII.GetString((await reader.ReadAsync(default))!.Value.Text));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 << 20);
    }

    [Fact]
    public async Task A_port_that_closes_after_a_command_was_sent_leaves_the_outcome_unknown()
    {
        ScriptedGuest? guest = null;
        await using var scripted = guest = new ScriptedGuest(line =>
        {
            if (line == "guest-sync-delimited")
            {
                return ["\u00ff@SYNC@"];
            }

            guest!.Channel.Close();
            return [];
        });

        var failure = await Assert.ThrowsAsync<VirtException>(() => guest.Client.RunAsync(new() { Path = "reboot" }, default));

        Assert.Equal(VirtErrorCode.AgentOutcomeUnknown, failure.Code);
        Assert.Equal(1, guest.Commands.Count(name => name == "guest-exec"));
    }

    [Fact]
    public async Task A_port_that_closes_while_a_program_runs_leaves_its_end_unknown()
    {
        ScriptedGuest? guest = null;
        await using var scripted = guest = new ScriptedGuest(line =>
        {
            if (line == "guest-exec-status")
            {
                guest!.Channel.Close();
            }

            return line switch { "guest-sync-delimited" => ["\u00ff@SYNC@"], "guest-exec" => ["{\"return\":{\"pid\":42}}"], _ => [] };
        });

        var failure = await Assert.ThrowsAsync<VirtException>(() => guest.Client.RunAsync(new() { Path = "long" }, default));

        Assert.Equal(VirtErrorCode.AgentOutcomeUnknown, failure.Code);
        Assert.Contains("process 42", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"return\":{}}")]
    [InlineData("{\"return\":{\"exited\":true,\"exitcode\":\"x\"}}")]
    [InlineData("{\"return\":{\"exited\":true,\"out-data\":\"*\"}}")]
    public async Task An_end_that_is_not_understood_is_unknown(string answer)
    {
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["\u00ff@SYNC@"],
            "guest-exec" => ["{\"return\":{\"pid\":42}}"],
            _ => [answer],
        });

        var failure = await Assert.ThrowsAsync<VirtException>(() => guest.Client.RunAsync(new() { Path = "x" }, default));

        Assert.Equal(VirtErrorCode.AgentOutcomeUnknown, failure.Code);
        Assert.Contains("process 42", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_may_be_given_more_time_than_clocks_count()
    {
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["\u00ff@SYNC@"],
            "guest-exec" => ["{\"return\":{\"pid\":42}}"],
            _ => ["{\"return\":{\"exited\":true,\"exitcode\":3}}"],
        });

        Assert.Equal(3, (await guest.Client.RunAsync(new() { Path = "x", Timeout = TimeSpan.FromDays(1000) }, default)).ExitCode);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\u00c3")]
    public async Task A_refusal_in_words_that_are_no_text_is_a_refusal(string words)
    {
        await using var guest = new ScriptedGuest(line =>
            line == "guest-sync-delimited" ? ["\u00ff@SYNC@"] : [$"{{\"error\":{{\"desc\":\"{words}\"}}}}"]);

        Assert.Equal(VirtErrorCode.AgentRefused, (await Assert.ThrowsAsync<VirtException>(() => guest.Client.GetInfoAsync(default))).Code);
    }

    [Fact]
    public async Task What_the_guest_says_of_itself_is_short_and_moves_no_cursor()
    {
        var escape = "\\u001b[2Jroot# " + new string('x', 1 << 20);
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["\u00ff@SYNC@"],
            "guest-info" => [$"{{\"return\":{{\"version\":\"{escape}\",\"supported_commands\":[]}}}}"],
            "guest-get-osinfo" => [$"{{\"return\":{{\"pretty-name\":\"{escape}\"}}}}"],
            "guest-network-get-interfaces" => [$"{{\"return\":[{{\"name\":\"{escape}\"}}]}}"],
            _ => [$"{{\"error\":{{\"desc\":\"{escape}\"}}}}"],
        });

        var refusal = await Assert.ThrowsAsync<VirtException>(() => guest.Client.OpenFileAsync("x", GuestFileMode.Read, default));
        string[] said =
        [
            refusal.Message,
            (await guest.Client.GetInfoAsync(default)).Version,
            (await guest.Client.GetNetworkInterfacesAsync(default))[0].Name,
        ];

        Assert.All(said, text => Assert.InRange(text.Length, 10, 1100));
        Assert.All(said, text => Assert.DoesNotContain(text, char.IsControl));
    }

    [Theory]
    [InlineData("guest-info", "{\"name\":\"x\",\"enabled\":true}")]
    [InlineData("guest-network", "{\"name\":\"x\"}")]
    [InlineData("guest-network", "0")]
    public async Task Lists_without_measure_are_refused(string command, string item)
    {
        var items = string.Join(',', Enumerable.Repeat(item, 60_000));
        await using var guest = new ScriptedGuest(line => line switch
        {
            "guest-sync-delimited" => ["\u00ff@SYNC@"],
            "guest-info" => [$"{{\"return\":{{\"version\":\"1\",\"supported_commands\":[{items}]}}}}"],
            _ => [$"{{\"return\":[{items}]}}"],
        });

        var failure = await Assert.ThrowsAsync<VirtException>(() => command == "guest-info"
            ? guest.Client.GetInfoAsync(default)
            : guest.Client.GetNetworkInterfacesAsync(default));

        Assert.Equal(VirtErrorCode.AgentProtocolViolation, failure.Code);
        Assert.Contains("more than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_bytes_give_typed_errors_alone()
    {
        var random = new Random(99);
        for (var round = 0; round < 60; round++)
        {
            await using var guest = new ScriptedGuest(
                line =>
                {
                    var noise = new char[random.Next(200)];
                    for (var i = 0; i < noise.Length; i++)
                    {
                        noise[i] = random.Next(3) == 0 ? "{}[]\":,\u00ff\n0e-"[random.Next(12)] : (char)random.Next(256);
                    }

                    return [new(noise), "\u00ff@SYNC@", "{\"return\":" + new string(noise) + "}"];
                },
                answerPatience: TimeSpan.FromMilliseconds(40));
            try
            {
                await guest.Client.GetNetworkInterfacesAsync(default);
            }
            catch (VirtException e)
            {
                Assert.Contains(e.Code, new[] { VirtErrorCode.AgentTimeout, VirtErrorCode.AgentProtocolViolation, VirtErrorCode.AgentRefused });
            }
        }
    }
}
