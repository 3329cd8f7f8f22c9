using System.Net.Sockets;

namespace VirtEngine.Networks;

/// <summary>Frames over a stream socket.</summary>
internal sealed class SocketLink : IFrameLink
{
    // A peer that takes nothing for so long is as good as gone.
    private const int SendPatienceMilliseconds = 1000;

    private const int SocketBuffer = 512 << 10;

    private readonly Socket _socket;

    /// <param name="socket">A connected socket, which the link owns from here on.</param>
    internal SocketLink(Socket socket)
    {
        _socket = socket;
        socket.SendTimeout = SendPatienceMilliseconds;
        socket.SendBufferSize = SocketBuffer;
    }

    /// <summary>Connects to a socket's path.</summary>
    /// <returns>Null if nobody listens there.</returns>
    internal static SocketLink? TryConnect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)    // nobody listens; the path is too long for a socket
        {
            socket.Dispose();
            return null;
        }
    }

    public int Receive(Span<byte> buffer)
    {
        try
        {
            int count = _socket.Receive(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    public bool TrySend(ReadOnlySpan<byte> frames)
    {
        try
        {
            while (!frames.IsEmpty)
            {
                int sent = _socket.Send(frames, SocketFlags.None, out var error);
                if (error != SocketError.Success || sent == 0) return false;
                frames = frames[sent..];
            }
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return;     // It ended by itself.
        }
    }

    public void Dispose() => _socket.Dispose();
}
