using System.Net.Sockets;
using VirtEngine.Channels;

namespace VirtEngine.Tests.GuestAgent;

/// <summary>A port that leads to a Unix socket, with qemu-ga behind it.</summary>
internal sealed class SocketGuestChannel(Socket socket) : IGuestChannel, IDisposable
{
    public bool IsGuestOpen => socket.Connected;

    public event Action<bool>? GuestOpenChanged;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            var read = await socket.ReceiveAsync(buffer, cancellation);
            if (read == 0)
            {
                GuestOpenChanged?.Invoke(false);
            }

            return read;
        }
        catch (SocketException)
        {
            GuestOpenChanged?.Invoke(false);
            return 0;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        try
        {
            await socket.SendAsync(data, cancellation);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Dispose() => socket.Dispose();
}
