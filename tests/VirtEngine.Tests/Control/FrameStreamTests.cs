using System.Buffers.Binary;
using System.Text;
using VirtEngine.Control;
using VirtFoundation;
using VirtFoundation.Control;

namespace VirtEngine.Tests.Control;

public sealed class FrameStreamTests
{
    [Fact]
    public async Task Messages_come_back_as_they_were()
    {
        using var pipe = new MemoryStream();
        var frames = new FrameStream(pipe);
        ControlReply[] sent =
        [
            new ConsoleReply(7, [0, 255, 10]) { Id = 1, More = true },
            new EventReply(new(3, new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "Created", null)) { Id = 2 },
            new ErrorReply("MachineNotFound", "ä \0") { Id = long.MaxValue },
        ];
        foreach (var reply in sent)
        {
            await frames.WriteAsync(reply, MachineDialect.Instance.Replies, CancellationToken.None);
        }

        pipe.Position = 0;

        var console = Assert.IsType<ConsoleReply>(await frames.ReadAsync(MachineDialect.Instance.Replies, CancellationToken.None));
        Assert.Equal([0, 255, 10], console.Data);
        Assert.True(console.More);
        Assert.Equal(sent[1], await frames.ReadAsync(MachineDialect.Instance.Replies, CancellationToken.None));
        Assert.Equal(sent[2], await frames.ReadAsync(MachineDialect.Instance.Replies, CancellationToken.None));
        Assert.Null(await frames.ReadAsync(MachineDialect.Instance.Replies, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_too_large_is_not_sent()
    {
        using var pipe = new MemoryStream();
        var frames = new FrameStream(pipe);

        await Assert.ThrowsAsync<VirtException>(async () => await frames.WriteAsync<ControlRequest>(
            new WriteConsoleRequest(new byte[ControlProtocol.LargestFrame]), MachineDialect.Instance.Requests, CancellationToken.None));

        Assert.Equal(0, pipe.Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData(ControlProtocol.LargestFrame + 1)]
    public async Task A_length_out_of_bounds_is_refused_before_anything_is_allocated(int length)
    {
        var head = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var failure = await Assert.ThrowsAsync<VirtException>(() => ReadRequestAsync(head));

        Assert.Equal(VirtErrorCode.ProtocolViolation, failure.Code);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"explode"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"stop","mode":"Sideways"}""")]
    [InlineData("""{"type":"writeConsole","data":"%%%"}""")]
    [InlineData("""{"type":"writeConsole","data":null}""")]
    [InlineData("""{"type":"agentRun","command":{}}""")]
    [InlineData("""{"type":"agentRun","command":null}""")]
    [InlineData("""{"type":"openFile","path":null,"mode":"Read"}""")]
    [InlineData("\"\xff\"")]
    public async Task What_is_no_request_is_refused(string json)
    {
        var failure = await Assert.ThrowsAsync<VirtException>(() => ReadRequestAsync(Frame(Encoding.Latin1.GetBytes(json))));

        Assert.Equal(VirtErrorCode.ProtocolViolation, failure.Code);
    }

    [Fact]
    public async Task Deep_nesting_is_refused() => await Assert.ThrowsAsync<VirtException>(
        () => ReadRequestAsync(Frame(Encoding.ASCII.GetBytes(new string('[', 500_000)))));

    [Fact]
    public async Task Mutated_frames_give_requests_or_typed_errors()
    {
        var random = new Random(4711);
        var seeds = new[]
        {
            """{"type":"hello","id":1,"version":1,"oldestVersion":1}""", """{"type":"stop","id":2,"mode":"ShutDown","timeoutMilliseconds":5,"thenTurnOff":true}""",
            """{"type":"agentRun","id":3,"command":{"path":"/bin/sh","arguments":["-c","x"],"input":"AAEC","timeout":"00:00:01"}}""",
            """{"id":4,"type":"writeFile","handle":9,"data":"AAECAwQ="}""", """{"type":"readConsole","id":5,"offset":0,"follow":true}""",
        }.Select(text => Frame(Encoding.UTF8.GetBytes(text))).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var frame = seeds[random.Next(seeds.Length)].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                frame[random.Next(round % 4 == 0 ? 0 : 4, frame.Length)] = (byte)random.Next(256);
            }

            if (random.Next(8) == 0)
            {
                frame = frame[..random.Next(frame.Length)];
            }

            try
            {
                await ReadRequestAsync(frame);
            }
            catch (VirtException e)
            {
                Assert.Equal(VirtErrorCode.ProtocolViolation, e.Code);
            }
        }
    }

    private static byte[] Frame(byte[] json)
    {
        var frame = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame, 4);
        return frame;
    }

    private static async Task<ControlRequest?> ReadRequestAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return await new FrameStream(stream).ReadAsync(MachineDialect.Instance.Requests, CancellationToken.None);
    }
}
