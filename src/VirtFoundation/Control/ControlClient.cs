using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace VirtFoundation.Control;

/// <summary>A client's end of the control protocol.</summary>
internal sealed class ControlClient : IAsyncDisposable
{
    // How long a worker may take to take in that a request is given up.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan TurnPatience = TimeSpan.FromMilliseconds(100);

    private readonly FrameStream _stream;
    private readonly ControlDialect _dialect;
    private readonly ConcurrentDictionary<long, Channel<ControlReply>> _requests = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reading;
    private long _lastId;
    private volatile VirtException? _broken;

    private ControlClient(FrameStream stream, ControlDialect dialect)
    {
        _stream = stream;
        _dialect = dialect;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Connects to a worker and agrees on a version.</summary>
    /// <param name="path">The worker's socket.</param>
    /// <param name="owned">The identity of the machine or application that must be there.</param>
    /// <param name="dialect">The messages of the worker's role.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="VirtException">Nobody listens, the versions do not meet, or the socket is another machine's.</exception>
    internal static async Task<ControlClient> ConnectAsync(string path, Guid owned, ControlDialect dialect, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or ArgumentException)
            {
                throw new VirtException(VirtErrorCode.WorkerLost, $"Nobody answers at '{path}': {e.Message}", e);
            }

            throw;
        }

        var stream = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await GreetAsync(stream, path, owned, dialect, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new(stream, dialect);
    }

    /// <summary>Sends a request that has one reply.</summary>
    /// <exception cref="VirtException">The worker refuses, or is gone.</exception>
    internal async Task<T> SendAsync<T>(ControlRequest request, CancellationToken cancellation)
        where T : ControlReply
    {
        ControlReply? last = null;
        await foreach (var reply in StreamAsync(request, cancellation).ConfigureAwait(false))
        {
            last = reply;
        }

        return last as T ?? throw new VirtException(
            VirtErrorCode.ProtocolViolation, $"The worker answered {request.GetType().Name} with {last?.GetType().Name ?? "nothing"}.");
    }

    /// <summary>Sends a request that is carried out, or fails.</summary>
    internal Task SendAsync(ControlRequest request, CancellationToken cancellation) => SendAsync<DoneReply>(request, cancellation);

    /// <summary>Sends a request and gives out its replies, the last one included.</summary>
    /// <exception cref="VirtException">The worker refuses, or is gone.</exception>
    internal async IAsyncEnumerable<ControlReply> StreamAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var replies = Channel.CreateBounded<ControlReply>(new BoundedChannelOptions(8) { SingleReader = true, SingleWriter = true });
        _requests[id] = replies;
        if (_broken is { } broken)
        {
            // The reader has ended; it completes only what was registered before.
            _requests.TryRemove(id, out _);
            throw broken;
        }

        var ended = false;
        try
        {
            await WriteAsync(request with { Id = id }, cancellation).ConfigureAwait(false);
            while (!ended)
            {
                ControlReply reply;
                try
                {
                    reply = await replies.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                }
                catch (ChannelClosedException)
                {
                    ended = true;
                    throw _broken!;
                }

                ended = !reply.More;
                yield return reply is ErrorReply error ? throw error.ToException() : reply;
            }
        }
        finally
        {
            _requests.TryRemove(id, out _);
            replies.Writer.TryComplete();
            // Frees the reader if it waits with a reply that nobody wants any more.
            while (replies.Reader.TryRead(out _))
            {
                continue;
            }

            if (!ended)
            {
                await CancelAsync(id).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _end.Dispose();
    }

    private static async Task GreetAsync(FrameStream stream, string path, Guid owned, ControlDialect dialect, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ControlProtocol.HelloPatience);
        ControlReply? reply;
        try
        {
            await stream.WriteAsync<ControlRequest>(
                new HelloRequest(ControlProtocol.Version, ControlProtocol.OldestVersion), dialect.Requests, patience.Token)
                .ConfigureAwait(false);
            reply = await stream.ReadAsync(dialect.Replies, patience.Token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new VirtException(
                VirtErrorCode.WorkerUnresponsive,
                $"The worker did not answer within {ControlProtocol.HelloPatience.TotalSeconds:0} s.", e);
        }

        var hello = reply switch
        {
            HelloReply answer => answer,
            ErrorReply error => throw error.ToException(),
            null => throw Lost(null),
            _ => throw new VirtException(VirtErrorCode.ProtocolViolation, "The worker did not answer hello with hello."),
        };
        var common = Math.Min(hello.Version, ControlProtocol.Version);
        if (common < hello.OldestVersion || common < ControlProtocol.OldestVersion)
        {
            throw new VirtException(
                VirtErrorCode.ProtocolVersionMismatch,
                $"The worker speaks versions {hello.OldestVersion} to {hello.Version} of the control protocol, this program "
                + $"{ControlProtocol.OldestVersion} to {ControlProtocol.Version}.");
        }

        if (hello.Owned != owned)
        {
            throw new VirtException(VirtErrorCode.ProtocolViolation, $"The socket '{path}' belongs to another worker, of {hello.Owned}.");
        }
    }

    private static VirtException Lost(Exception? cause) => new(VirtErrorCode.WorkerLost, "The connection to the worker broke.", cause);

    private async ValueTask WriteAsync(ControlRequest request, CancellationToken cancellation)
    {
        var writing = _stream.WriteAsync(request, _dialect.Requests, cancellation).AsTask();
        try
        {
            await writing.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // One that waits for its turn gives it up by itself.
            if (await Task.WhenAny(writing, Task.Delay(TurnPatience, CancellationToken.None)).ConfigureAwait(false) != writing)
            {
                // The worker takes nothing, and a frame cannot be taken back: the connection ends, and what was asked on it with it.
                await _stream.DisposeAsync().ConfigureAwait(false);
                await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw _broken ?? Lost(e);
        }
    }

    private async Task CancelAsync(long id)
    {
        using var patience = new CancellationTokenSource(CancelPatience);
        try
        {
            await WriteAsync(new CancelRequest(id), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is VirtException or OperationCanceledException)
        {
            return; // The worker is gone, and the request with it.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _stream.ReadAsync(_dialect.Replies, _end.Token).ConfigureAwait(false) is { } reply)
            {
                if (_requests.TryGetValue(reply.Id, out var replies))
                {
                    try
                    {
                        await replies.Writer.WriteAsync(reply, _end.Token).ConfigureAwait(false);
                    }
                    catch (ChannelClosedException)
                    {
                        continue; // Given up in the meantime.
                    }
                }
            }

            _broken = Lost(null);
        }
        catch (VirtException e)
        {
            _broken = e;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _broken = Lost(e);
        }

        foreach (var replies in _requests.Values)
        {
            replies.Writer.TryComplete();
        }
    }
}
