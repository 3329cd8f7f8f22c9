using System.Net.Sockets;
using VirtFoundation.Control;
using VirtFoundation.Store;

namespace VirtFoundation.Launching;

/// <summary>
/// The way back from a worker to who started it: a socket that the starter listens on, and one reply in it: done, or why not.
/// </summary>
internal sealed class ReadySignal : IDisposable
{
    private const string Suffix = ".start";

    // No starter waits that long.
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    private readonly Socket _listener;

    internal ReadySignal(string directory)
    {
        RemoveAbandoned(directory);
        Path = System.IO.Path.Combine(directory, $"{Guid.NewGuid():N}"[..12] + Suffix);
        _listener = ControlServer.Listen(Path, 8);
    }

    /// <summary>Where the starter listens.</summary>
    internal string Path { get; }

    /// <summary>Waits for the worker's word.</summary>
    /// <exception cref="VirtException">It could not start.</exception>
    internal async Task WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync(cancellation).ConfigureAwait(false);
            var stream = new FrameStream(new NetworkStream(socket, ownsSocket: true));
            await using (stream.ConfigureAwait(false))
            {
                if (!PeerCredentials.IsTrusted(socket, System.IO.Path.GetDirectoryName(Path)!))
                {
                    continue;
                }

                switch (await stream.ReadAsync(ControlDialect.Shared.Replies, cancellation).ConfigureAwait(false))
                {
                    case DoneReply:
                        return;
                    case ErrorReply error:
                        throw error.ToException();
                    default:
                        continue; // The worker ended with the socket open: who watches it knows more.
                }
            }
        }
    }

    /// <summary>Tells the starter, if it still listens.</summary>
    internal static async Task SendAsync(string path, VirtException? failure)
    {
        try
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var stream = new FrameStream(await ConnectAsync(socket, path).ConfigureAwait(false));
            await using (stream.ConfigureAwait(false))
            {
                ControlReply reply = failure is null ? new DoneReply() : ErrorReply.From(failure);
                await stream.WriteAsync(reply, ControlDialect.Shared.Replies, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return; // The starter was interrupted; the machine's state tells the rest.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Leftover.Remove(Path);
    }

    // Those of starters that were killed.
    private static void RemoveAbandoned(string directory)
    {
        foreach (var path in Directory.GetFiles(directory, "*" + Suffix))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > LongestLife)
            {
                Leftover.Remove(path);
            }
        }
    }

    private static async Task<NetworkStream> ConnectAsync(Socket socket, string path)
    {
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
            return new(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
