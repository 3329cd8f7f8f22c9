using System.Collections.Concurrent;
using System.Net.Sockets;
using VirtEngine.Store;

namespace VirtEngine.Control;

/// <summary>A worker's end of the control protocol.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    private readonly Socket _listener;
    private readonly Guid _machine;
    private readonly Func<IControlSession> _open;
    private readonly Action<Exception> _onFault;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, bool> _clients = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Task _accepting;

    /// <summary>Listens on a socket that the owner alone can open. A socket that a former worker left is replaced.</summary>
    /// <param name="path">Where; the caller holds the machine's lock.</param>
    /// <param name="machine">The machine that clients shall find.</param>
    /// <param name="open">Makes a session for each client.</param>
    /// <param name="onFault">Told of what is not a client's fault.</param>
    /// <exception cref="VirtException">The socket cannot be made.</exception>
    internal ControlServer(string path, Guid machine, Func<IControlSession> open, Action<Exception> onFault)
    {
        _machine = machine;
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
            if (!OperatingSystem.IsWindows())
            {
                // Its directory is closed to others already; nobody can connect before it listens.
                File.SetUnixFileMode(path, OwnerOnly.FileMode);
            }

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
                _onFault(e); // Out of descriptors, say: those who wait get their turn when others leave.
                continue;
            }

            if (_clients.Count >= ControlProtocol.MostClients || !PeerCredentials.IsTrusted(socket))
            {
                socket.Dispose();
                continue;
            }

            var client = ServeAsync(socket);
            _clients[client] = true;
            _ = client.ContinueWith(done => _clients.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        var client = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        await using (client.ConfigureAwait(false))
        {
            try
            {
                if (await GreetAsync(client).ConfigureAwait(false))
                {
                    await ServeAsync(client).ConfigureAwait(false);
                }
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.ProtocolViolation)
            {
                await TrySendAsync(client, ErrorReply.From(e)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return; // The client went away, or the worker ends.
            }
        }
    }

    private async Task<bool> GreetAsync(FrameStream client)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(ControlProtocol.HelloPatience);
        if (await client.ReadAsync(ControlJson.Default.ControlRequest, patience.Token).ConfigureAwait(false) is not HelloRequest hello)
        {
            throw new VirtException(VirtErrorCode.ProtocolViolation, "A client's first request must be hello.");
        }

        // Both sides get to know both ranges, and the client says it to its user.
        var common = Math.Min(hello.Version, ControlProtocol.Version);
        await client.WriteAsync<ControlReply>(
            new HelloReply(ControlProtocol.Version, ControlProtocol.OldestVersion, _machine) { Id = hello.Id },
            ControlJson.Default.ControlReply, patience.Token).ConfigureAwait(false);
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
                while (await client.ReadAsync(ControlJson.Default.ControlRequest, gone.Token).ConfigureAwait(false) is { } request)
                {
                    if (request is CancelRequest cancel)
                    {
                        if (requests.TryGetValue(cancel.Target, out var target))
                        {
                            await target.CancelAsync().ConfigureAwait(false);
                        }

                        continue;
                    }

                    var given = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
                    if (request is HelloRequest || requests.Count >= ControlProtocol.MostRequests || !requests.TryAdd(request.Id, given))
                    {
                        given.Dispose();
                        throw new VirtException(VirtErrorCode.ProtocolViolation, "A second hello, a request's number in use, or too many requests.");
                    }

                    var task = HandleAsync(client, session, request, given.Token);
                    mine[task] = _running[task] = true;
                    _ = task.ContinueWith(
                        done =>
                        {
                            requests.TryRemove(request.Id, out _);
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

    private async Task HandleAsync(FrameStream client, IControlSession session, ControlRequest request, CancellationToken cancellation)
    {
        await Task.Yield();
        ControlReply reply;
        try
        {
            reply = await session.HandleAsync(
                request,
                part => client.WriteAsync(part with { Id = request.Id, More = true }, ControlJson.Default.ControlReply, cancellation),
                cancellation).ConfigureAwait(false);
        }
        catch (VirtException e)
        {
            reply = ErrorReply.From(e);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            return; // The client gave up or is gone: nobody waits for a reply.
        }
#pragma warning disable CA1031 // A fault in one request is told to its client and noted; the machine goes on.
        catch (Exception e)
        {
            _onFault(e);
            reply = new ErrorReply(nameof(VirtErrorCode.InternalError), $"The worker met a fault: {e.Message}");
        }
#pragma warning restore CA1031

        await TrySendAsync(client, reply with { Id = request.Id }).ConfigureAwait(false);
    }

    private async Task TrySendAsync(FrameStream client, ControlReply reply)
    {
        try
        {
            await client.WriteAsync(reply, ControlJson.Default.ControlReply, _end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            return; // The client is gone.
        }
    }
}
