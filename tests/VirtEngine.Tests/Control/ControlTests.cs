using System.Net.Sockets;
using VirtEngine.Control;
using VirtFoundation;
using VirtFoundation.Control;
using VirtTools.Tests;

namespace VirtEngine.Tests.Control;

public sealed class ControlTests : IDisposable
{
    private static readonly Guid Id = Guid.NewGuid();

    private readonly TemporaryDirectory _directory = new();
    private readonly Session _session = new();
    private readonly List<Exception> _faults = [];
    private readonly ControlServer _server;

    public ControlTests()
    {
        File.WriteAllText(SocketPath, "left by a worker that was killed");
        _server = new(SocketPath, Id, MachineDialect.Instance, () => _session, _faults.Add);
    }

    private string SocketPath => _directory["c.sock"];

    public void Dispose()
    {
        _server.DisposeAsync().AsTask().Wait();
        _directory.Dispose();
    }

    [Fact]
    public async Task Requests_run_side_by_side_and_replies_find_their_way()
    {
        await using var client = await ConnectAsync();

        var slow = client.SendAsync(new PauseRequest(), CancellationToken.None);
        var numbers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            (number, (await client.SendAsync<NumberReply>(new CloseFileRequest(number), CancellationToken.None)).Value)));
        Assert.False(slow.IsCompleted);
        _session.Go.SetResult();
        await slow;

        Assert.All(numbers, pair => Assert.Equal(pair.number * 2, pair.Value));
    }

    [Fact]
    public async Task A_stream_that_is_given_up_ends_at_the_worker_and_the_connection_serves_on()
    {
        await using var client = await ConnectAsync();
        var seen = 0;
        await foreach (var reply in client.StreamAsync(new ReadConsoleRequest(0, true), CancellationToken.None))
        {
            if (++seen == 100)
            {
                break;
            }
        }

        await _session.StreamEnded.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(8, (await client.SendAsync<NumberReply>(new CloseFileRequest(4), CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Cancelling_a_request_returns_at_once_and_tells_the_worker()
    {
        await using var client = await ConnectAsync();
        using var cancel = new CancellationTokenSource(50);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(new PauseRequest(), cancel.Token));

        await _session.PauseCancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Failures_keep_their_name_and_faults_do_not_end_the_worker()
    {
        await using var client = await ConnectAsync();

        var failure = await Assert.ThrowsAsync<VirtException>(() => client.SendAsync(new ResumeRequest(), CancellationToken.None));
        var fault = await Assert.ThrowsAsync<VirtException>(() => client.SendAsync(new AgentInfoRequest(), CancellationToken.None));

        Assert.Equal((VirtErrorCode.MachineStateInvalid, "not paused"), (failure.Code, failure.Message));
        Assert.Equal(VirtErrorCode.InternalError, fault.Code);
        Assert.IsType<InvalidOperationException>(Assert.Single(_faults));
    }

    [Fact]
    public async Task A_worker_that_goes_away_ends_what_is_under_way()
    {
        await using var client = await ConnectAsync();
        var waiting = client.SendAsync(new PauseRequest(), CancellationToken.None);

        await _server.DisposeAsync();

        Assert.Equal(VirtErrorCode.WorkerLost, (await Assert.ThrowsAsync<VirtException>(() => waiting)).Code);
        Assert.Equal(
            VirtErrorCode.WorkerLost,
            (await Assert.ThrowsAsync<VirtException>(() => client.SendAsync(new StatusRequest(), CancellationToken.None))).Code);
        Assert.Equal(VirtErrorCode.WorkerLost, (await Assert.ThrowsAsync<VirtException>(ConnectAsync)).Code);
    }

    [Fact]
    public async Task A_socket_of_another_machine_is_refused() => Assert.Equal(
        VirtErrorCode.ProtocolViolation,
        (await Assert.ThrowsAsync<VirtException>(() => ControlClient.ConnectAsync(SocketPath, Guid.NewGuid(), MachineDialect.Instance, CancellationToken.None))).Code);

    [Theory]
    [InlineData(7, 5)]
    [InlineData(0, 0)]
    public async Task A_worker_of_another_time_is_refused_with_both_ranges(int version, int oldest)
    {
        var path = _directory["other.sock"];
        using var listener = ControlServer.Listen(path, 1);
        var serving = Task.Run(async () =>
        {
            var stream = new FrameStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
            await stream.ReadAsync(MachineDialect.Instance.Requests, CancellationToken.None);
            await stream.WriteAsync<ControlReply>(new HelloReply(version, oldest, Id), MachineDialect.Instance.Replies, CancellationToken.None);
            return stream;
        });

        var failure = await Assert.ThrowsAsync<VirtException>(() => ControlClient.ConnectAsync(path, Id, MachineDialect.Instance, CancellationToken.None));

        Assert.Equal(VirtErrorCode.ProtocolVersionMismatch, failure.Code);
        Assert.Contains($"{oldest} to {version}", failure.Message, StringComparison.Ordinal);
        await (await serving).DisposeAsync();
    }

    [Fact]
    public async Task A_newer_worker_that_still_speaks_our_version_is_taken()
    {
        var path = _directory["newer.sock"];
        using var listener = ControlServer.Listen(path, 1);
        var serving = Task.Run(async () =>
        {
            await using var stream = new FrameStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
            await stream.ReadAsync(MachineDialect.Instance.Requests, CancellationToken.None);
            await stream.WriteAsync<ControlReply>(new HelloReply(9, 1, Id), MachineDialect.Instance.Replies, CancellationToken.None);
            var request = await stream.ReadAsync(MachineDialect.Instance.Requests, CancellationToken.None);
            await stream.WriteAsync<ControlReply>(
                new ErrorReply("NameOfTheFuture", "something new") { Id = request!.Id }, MachineDialect.Instance.Replies, CancellationToken.None);
        });

        await using var client = await ControlClient.ConnectAsync(path, Id, MachineDialect.Instance, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<VirtException>(() => client.SendAsync(new StatusRequest(), CancellationToken.None));

        Assert.Equal((VirtErrorCode.InternalError, "something new"), (failure.Code, failure.Message));
        await serving;
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, (byte)'{' })]
    [InlineData(new byte[] { 255, 255, 255, 255 })]
    [InlineData(new byte[] { 2, 0, 0, 0, (byte)'{', (byte)'}' })]
    public async Task A_client_that_talks_nonsense_is_hung_up_on(byte[] nonsense)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await socket.SendAsync(nonsense);
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await socket.ReceiveAsync(buffer, patience.Token) > 0)
        {
            continue; // It may say why first.
        }

        await using var client = await ConnectAsync();
        Assert.Equal(2, (await client.SendAsync<NumberReply>(new CloseFileRequest(1), CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Too_many_requests_at_once_end_the_conversation()
    {
        await using var client = await ConnectAsync();
        var waiting = Enumerable.Range(0, ControlProtocol.MostRequests + 1)
            .Select(_ => client.SendAsync(new PauseRequest(), CancellationToken.None)).ToArray();

        foreach (var request in waiting)
        {
            await Assert.ThrowsAsync<VirtException>(() => request);
        }
    }

    [Fact]
    public async Task As_many_requests_as_are_allowed_can_be_under_way_all_the_time()
    {
        await using var client = await ConnectAsync();

        await Task.WhenAll(Enumerable.Range(0, ControlProtocol.MostRequests).Select(async _ =>
        {
            for (var i = 0; i < 300; i++)
            {
                await client.SendAsync<NumberReply>(new CloseFileRequest(i), CancellationToken.None);
            }
        }));
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_keep_the_worker_from_ending()
    {
        var path = _directory["deaf.sock"];
        var server = new ControlServer(path, Id, MachineDialect.Instance, () => _session, _faults.Add);
        await using var deaf = await GreetAsync(path);
        await deaf.WriteAsync<ControlRequest>(new ReadConsoleRequest(0, true) { Id = 1 }, MachineDialect.Instance.Requests, CancellationToken.None);
        await Task.Delay(500); // It writes until nothing more goes out.

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("io", VirtErrorCode.StorageFailed)]
    [InlineData("cancelled", VirtErrorCode.InternalError)]
    [InlineData("large", VirtErrorCode.InternalError)]
    [InlineData("null", VirtErrorCode.InternalError)]
    public async Task Every_request_is_answered_whatever_goes_wrong_with_it(string what, VirtErrorCode code)
    {
        await using var client = await ConnectAsync();

        var failure = await Assert.ThrowsAsync<VirtException>(() => client.SendAsync<DataReply>(
            new OpenFileRequest(what, VirtEngine.GuestAgent.GuestFileMode.Read), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10)));

        Assert.Equal(code, failure.Code);
        Assert.Equal(2, (await client.SendAsync<NumberReply>(new CloseFileRequest(1), CancellationToken.None)).Value);
    }

    [Fact]
    public async Task One_client_too_many_is_told_why_it_is_not_served()
    {
        var clients = new List<ControlClient>();
        for (var i = 0; i < ControlProtocol.MostClients; i++)
        {
            clients.Add(await ConnectAsync());
        }

        Assert.Equal(VirtErrorCode.WorkerUnresponsive, (await Assert.ThrowsAsync<VirtException>(ConnectAsync)).Code);
        await clients[0].DisposeAsync();
        await clients[1].DisposeAsync();
        await using var late = await Eventually(ConnectAsync);
        Assert.Equal(2, (await late.SendAsync<NumberReply>(new CloseFileRequest(1), CancellationToken.None)).Value);
        await Task.WhenAll(clients.Skip(2).Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_long_conversation_keeps_nothing_of_requests_that_ended()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync<NumberReply>(new CloseFileRequest(1), CancellationToken.None);

        await Eventually(() => Task.FromResult(Assert.Throws<ObjectDisposedException>(() => _session.LastToken.WaitHandle)));
    }

    [Fact]
    public async Task Cancelling_returns_at_once_also_when_the_worker_takes_nothing_any_more()
    {
        var path = _directory["frozen.sock"];
        using var listener = ControlServer.Listen(path, 1);
        var serving = Task.Run(async () =>
        {
            var stream = new FrameStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
            await stream.ReadAsync(MachineDialect.Instance.Requests, CancellationToken.None);
            await stream.WriteAsync<ControlReply>(new HelloReply(1, 1, Id), MachineDialect.Instance.Replies, CancellationToken.None);
            return stream;
        });
        var client = await ControlClient.ConnectAsync(path, Id, MachineDialect.Instance, CancellationToken.None);
        await using var frozen = await serving;
        using var cancel = new CancellationTokenSource(200);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.SendAsync(new WriteConsoleRequest(new byte[700_000]), cancel.Token).WaitAsync(TimeSpan.FromSeconds(10)));
        await client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(1000u, 1000u, true)]
    [InlineData(0u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(1001u, 0u, false)]
    public void Only_the_same_user_and_the_administrator_are_trusted(uint peer, uint self, bool trusted) =>
        Assert.Equal(trusted, PeerCredentials.IsTrusted(peer, self));

    [Fact]
    public void The_socket_is_its_owners_alone()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        }
    }

    private Task<ControlClient> ConnectAsync() => ControlClient.ConnectAsync(SocketPath, Id, MachineDialect.Instance, CancellationToken.None);

    private static async Task<FrameStream> GreetAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var stream = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        await stream.WriteAsync<ControlRequest>(new HelloRequest(1, 1), MachineDialect.Instance.Requests, CancellationToken.None);
        Assert.IsType<HelloReply>(await stream.ReadAsync(MachineDialect.Instance.Replies, CancellationToken.None));
        return stream;
    }

    // What the other side does in its own time.
    private static async Task<T> Eventually<T>(Func<Task<T>> look)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await look();
            }
            catch (Exception) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    private sealed class Session : IControlSession
    {
        public CancellationToken LastToken { get; private set; }

        public TaskCompletionSource Go { get; } = new();

        public TaskCompletionSource StreamEnded { get; } = new();

        public TaskCompletionSource PauseCancelled { get; } = new();

        public async Task<ControlReply> HandleAsync(ControlRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation)
        {
            switch (request)
            {
                case PauseRequest:
                    try
                    {
                        await Go.Task.WaitAsync(cancellation);
                        return new DoneReply();
                    }
                    catch (OperationCanceledException)
                    {
                        PauseCancelled.TrySetResult();
                        throw;
                    }

                case ResumeRequest:
                    throw new VirtException(VirtErrorCode.MachineStateInvalid, "not paused");
                case OpenFileRequest { Path: "io" }:
                    throw new IOException("the system's limit is reached");
                case OpenFileRequest { Path: "cancelled" }:
                    throw new OperationCanceledException("by nobody");
                case OpenFileRequest { Path: "large" }:
                    return new DataReply(new byte[2 << 20]);
                case OpenFileRequest { Path: "null" }:
                    return new AgentInfoReply(new(null!, []));
                case CloseFileRequest close:
                    LastToken = cancellation;
                    return new NumberReply(close.Handle * 2);
                case ReadConsoleRequest:
                    try
                    {
                        for (var offset = 0; ; offset++)
                        {
                            cancellation.ThrowIfCancellationRequested();
                            await send(new ConsoleReply(offset, [1]));
                        }
                    }
                    finally
                    {
                        StreamEnded.TrySetResult();
                    }

                default:
                    throw new InvalidOperationException("a fault");
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
