using System.Buffers.Binary;
using System.Net.Sockets;

namespace VirtEngine.Tests.Networks;

/// <summary>Somebody at a switch's socket who speaks the stream by hand.</summary>
internal sealed class Station : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    internal Station(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    internal void Send(byte[] frame)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, frame.Length);
        SendRaw([.. prefix, .. frame]);
    }

    internal void SendRaw(byte[] bytes)
    {
        for (int done = 0; done < bytes.Length;) done += _socket.Send(bytes.AsSpan(done));
    }

    /// <summary>Waits for the next frame.</summary>
    /// <returns>Null at the end, or when none came in time.</returns>
    internal byte[]? Take(int milliseconds = 20_000)
    {
        _socket.ReceiveTimeout = milliseconds;
        byte[]? prefix = Read(4);
        return prefix is null ? null : Read(BinaryPrimitives.ReadInt32BigEndian(prefix));
    }

    /// <summary>Whether nothing comes for a while.</summary>
    internal bool IsSilent() => Take(100) is null;

    private byte[]? Read(int count)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int got = _socket.Receive(bytes.AsSpan(done), SocketFlags.None, out var error);
            if (error != SocketError.Success || got == 0) return null;
            done += got;
        }
        return bytes;
    }

    public void Dispose() => _socket.Dispose();
}
