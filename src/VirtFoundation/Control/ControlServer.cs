using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using VirtFoundation.Store;

namespace VirtFoundation.Control;

/// <summary>A worker's end of the control protocol.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    // Between two attempts to take clients that the system refuses, for want of descriptors, say.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly string _directory;
    private readonly Guid _owned;
    private readonly ControlDialect _dialect;
    private readonly Func<IControlSession> _open;
    private readonly Action<Exception> _onFault;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, bool> _clients = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Task _accepting;

    /// <summary>Listens on a socket that the owner alone can open. A socket that a former worker left is replaced.</summary>
    /// <param name="path">Where; the caller holds the lock of what it owns.</param>
    /// <param name="owned">The identity of the machine or application that clients shall find.</param>
    /// <param name="dialect">The messages of the worker's role.</param>
    /// <param name="open">Makes a session for each client.</param>
    /// <param name="onFault">Told of what is not a client's fault.</param>
    /// <exception cref="VirtException">The socket cannot be made.</exception>
    internal ControlServer(string path, Guid owned, ControlDialect dialect, Func<IControlSession> open, Action<Exception> onFault)
    {
        _directory = Path.GetDirectoryName(path)!;
        _owned = owned;
        _dialect = dialect;
        _open = open;
        _onFault = onFault;
        _listener = Listen(path, ControlProtocol.MostClients);
        _accepting = AcceptAsync();
    }

    /// <summary>Makes a listening socket at a path.</summary>
    internal static Socket Listen(string path, int backlog)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // Its directory is closed to others already; nobody can connect before it listens.
            RestrictedFiles.Restrict(path);
            socket.Listen(backlog);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw VirtException.Storage($"The socket '{path}' cannot be made", e);
        }
    }

    /// <summary>Takes no more clients; those that are there stay.</summary>
    internal void StopListening() => _listener.Dispose();

    /// <summary>Gives the requests that are under way a moment to end by themselves, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(FarewellPatience)).ConfigureAwait(false);
        await _end.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_clients.Keys).ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException
                or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException e)
            {
                _onFault(e); // Those who wait get their turn when others leave.
                await Task.Delay(AcceptPause).ConfigureAwait(false);
                continue;
            }

            // One too many is greeted and told so; beyond that many who say nothing, nobody is.
            if (_clients.Count >= 2 * ControlProtocol.MostClients || !IsTrusted(socket))
            {
                socket.Dispose();
                continue;
            }

            var client = ServeAsync(socket, crowded: _clients.Count >= ControlProtocol.MostClients);
            _clients[client] = true;
            _ = client.ContinueWith(done => _clients.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private bool IsTrusted(Socket socket)
    {
        try
        {
            return PeerCredentials.IsTrusted(socket, _directory);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            _onFault(e);
            return false;
        }
    }

    private async Task ServeAsync(Socket socket, bool crowded)
    {
        await Task.Yield();
        var client = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        // A client that does not read keeps whoever writes to it waiting: at the end, the connection is taken from under both.
        using var end = _end.Token.Register(socket.Dispose);
        await using (client.ConfigureAwait(false))
        {
            try
            {
                if (await GreetAsync(client, crowded).ConfigureAwait(false))
                {
                    await ServeAsync(client).ConfigureAwait(false);
                }
            }
            catch (VirtException e) when (e.Code is VirtErrorCode.ProtocolViolation or VirtErrorCode.WorkerUnresponsive)
            {
                await TrySendAsync(client, ErrorReply.From(e)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return; // The client went away, or the worker ends.
            }
        }
    }

    private async Task<bool> GreetAsync(FrameStream client, bool crowded)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(ControlProtocol.HelloPatience);
        if (await client.ReadAsync(_dialect.Requests, patience.Token).ConfigureAwait(false) is not HelloRequest hello)
        {
            throw new VirtException(VirtErrorCode.ProtocolViolation, "A client's first request must be hello.");
        }

        if (crowded)
        {
            throw new VirtException(
                VirtErrorCode.WorkerUnresponsive, $"The worker serves {ControlProtocol.MostClients} clients already; wait until one of them ends.");
        }

        // Both sides get to know both ranges, and the client says it to its user.
        var common = Math.Min(hello.Version, ControlProtocol.Version);
        await client.WriteAsync<ControlReply>(
            new HelloReply(ControlProtocol.Version, ControlProtocol.OldestVersion, _owned) { Id = hello.Id },
            _dialect.Replies, patience.Token).ConfigureAwait(false);
        return common >= hello.OldestVersion && common >= ControlProtocol.OldestVersion;
    }

    private async Task ServeAsync(FrameStream client)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var requests = new ConcurrentDictionary<long, CancellationTokenSource>();
        var mine = new ConcurrentDictionary<Task, bool>();
        var session = _open();
        await using (session.ConfigureAwait(false))
        {
            try
            {
                while (await client.ReadAsync(_dialect.Requests, gone.Token).ConfigureAwait(false) is { } request)
                {
                    if (request is CancelRequest cancel)
                    {
                        await CancelAsync(requests, cancel.Target).ConfigureAwait(false);
                        continue;
                    }

                    var given = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
                    if (request is HelloRequest || requests.Count >= ControlProtocol.MostRequests || !requests.TryAdd(request.Id, given))
                    {
                        given.Dispose();
                        throw new VirtException(VirtErrorCode.ProtocolViolation, "A second hello, a request's number in use, or too many requests.");
                    }

                    var task = HandleAsync(
                        client, session, request, () =>
                        {
                            requests.TryRemove(request.Id, out _);
                            given.Dispose();
                        },
                        given.Token);
                    mine[task] = _running[task] = true;
                    _ = task.ContinueWith(
                        done =>
                        {
                            mine.TryRemove(done, out _);
                            _running.TryRemove(done, out _);
                        },
                        TaskScheduler.Default);
                }
            }
            finally
            {
                await gone.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(mine.Keys).ConfigureAwait(false);
            }
        }
    }

    private static async Task CancelAsync(ConcurrentDictionary<long, CancellationTokenSource> requests, long target)
    {
        if (requests.TryGetValue(target, out var given))
        {
            try
            {
                await given.CancelAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return; // It ended in this moment.
            }
        }
    }

    private async Task HandleAsync(
        FrameStream client, IControlSession session, ControlRequest request, Action ended, CancellationToken cancellation)
    {
        await Task.Yield();
        var reply = await CarryOutAsync(client, session, request, cancellation).ConfigureAwait(false);
        // Before its last reply: who has that may send the next request.
        ended();
        if (reply is not null)
        {
            await TrySendAsync(client, reply with { Id = request.Id }).ConfigureAwait(false);
        }
    }

    // Every request gets a reply, but for those that nobody waits for.
    private async Task<ControlReply?> CarryOutAsync(
        FrameStream client, IControlSession session, ControlRequest request, CancellationToken cancellation)
    {
        try
        {
            return await session.HandleAsync(
                request,
                part => client.WriteAsync(part with { Id = request.Id, More = true }, _dialect.Replies, cancellation),
                cancellation).ConfigureAwait(false);
        }
        catch (VirtException e)
        {
            return ErrorReply.From(e);
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            return null; // The client gave up or is gone.
        }
        catch (IOException e)
        {
            return new ErrorReply(nameof(VirtErrorCode.StorageFailed), $"The worker met an error of the system: {e.Message}");
        }
#pragma warning disable CA1031 // A fault in one request is told to its client and noted; the worker goes on.
        catch (Exception e)
        {
            return Fault(e);
        }
#pragma warning restore CA1031
    }

    private ErrorReply Fault(Exception fault)
    {
        _onFault(fault);
        return new(nameof(VirtErrorCode.InternalError), $"The worker met a fault: {fault.Message}");
    }

    private async Task TrySendAsync(FrameStream client, ControlReply reply)
    {
        try
        {
            try
            {
                await client.WriteAsync(reply, _dialect.Replies, _end.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is VirtException or JsonException)
            {
                // It is too large or cannot be written down: nothing of it went out, and the client waits.
                var fault = Fault(e) with { Id = reply.Id };
                await client.WriteAsync<ControlReply>(fault, _dialect.Replies, _end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return; // The client is gone.
        }
    }
}
