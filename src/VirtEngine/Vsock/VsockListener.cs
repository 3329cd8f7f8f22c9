using System.Globalization;
using System.Net.Sockets;
using VirtFoundation.Control;

namespace VirtEngine.Vsock;

/// <summary>
/// The host's side of a machine's socket device, by the convention of Firecracker and Cloud Hypervisor: who connects to the machine's
/// Unix socket and writes <c>CONNECT port</c> is connected to that port of the guest and told <c>OK port</c>; the guest's connection to a port of
/// the host goes to the socket whose path has <c>_port</c> appended. It outlives the device.
/// </summary>
internal sealed class VsockListener : IDisposable
{
    /// <summary>Connections that may be asking for a port at the same time.</summary>
    internal const int MostAsking = 16;

    // "CONNECT 4294967295\n"
    private const int LongestLine = 19;

    // Who connects and does not say where to is not waited for.
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(5);

    // Between two attempts to take connections that the system refuses, for want of descriptors, say.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _asking = new(MostAsking, MostAsking);
    private readonly Task _accepting;

    /// <summary>Listens on a socket that its owner alone can open; one that was left is replaced.</summary>
    /// <exception cref="VirtFoundation.VirtException">The socket cannot be made.</exception>
    internal VsockListener(string path)
    {
        Path = path;
        _listener = ControlServer.Listen(path, MostAsking);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The socket's path.</summary>
    internal string Path { get; }

    /// <summary>Takes a connection to a port of the guest, and owns it from there on; null while there is no device.</summary>
    internal Action<Socket, uint>? Connected { get; set; }

    /// <summary>Connects to the host's side of a port.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="ArgumentException">The path does not fit.</exception>
    internal async Task<Socket> ConnectAsync(uint port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"{Path}_{port}")), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        string directory = System.IO.Path.GetDirectoryName(Path)!;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _asking.WaitAsync(_end.Token).ConfigureAwait(false);
                var socket = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                _ = AskAsync(socket, directory);
            }
            catch (SocketException)
            {
                _asking.Release();
                await Task.Delay(AcceptPause, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AskAsync(Socket socket, string directory)
    {
        try
        {
            if (PeerCredentials.IsTrusted(socket, directory) && await ReadPortAsync(socket).ConfigureAwait(false) is { } port && Connected is { } connected)
            {
                connected(socket, port);
                return;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It went away, or said nothing: closed below.
        }
        finally
        {
            _asking.Release();
        }

        socket.Dispose();
    }

    // Byte by byte: what follows the line is the guest's.
    private async Task<uint?> ReadPortAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(AskPatience);
        byte[] line = new byte[LongestLine];
        for (int length = 0; length < LongestLine; length++)
        {
            if (await socket.ReceiveAsync(line.AsMemory(length, 1), patience.Token).ConfigureAwait(false) == 0) return null;
            if (line[length] == '\n') return Parse(line.AsSpan(0, length));
        }
        return null;
    }

    private static uint? Parse(ReadOnlySpan<byte> line) =>
        line.StartsWith("CONNECT "u8) && uint.TryParse(line["CONNECT "u8.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out uint port) ? port : null;

    /// <summary>Takes no more connections.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _end.Dispose();
        _asking.Dispose();
        File.Delete(Path);
    }
}
