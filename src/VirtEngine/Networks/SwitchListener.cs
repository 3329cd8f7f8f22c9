using System.Net.Sockets;
using VirtFoundation.Control;

namespace VirtEngine.Networks;

/// <summary>Takes machines that plug into a switch by its Unix socket, which the owner alone can open. A socket that was left is replaced.</summary>
internal sealed class SwitchListener : IDisposable
{
    // Between two attempts to take machines that the system refuses, for want of descriptors, say.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Thread _thread;
    private volatile bool _ended;

    /// <param name="target">The switch.</param>
    /// <param name="path">The socket's path; the caller holds the lock of what it belongs to.</param>
    /// <exception cref="VirtFoundation.VirtException">The socket cannot be made.</exception>
    internal SwitchListener(EthernetSwitch target, string path)
    {
        Path = path;
        _listener = ControlServer.Listen(path, EthernetSwitch.MostPorts);
        _thread = new Thread(() => Accept(target)) { IsBackground = true, Name = "switch" };
        _thread.Start();
    }

    /// <summary>The socket's path.</summary>
    internal string Path { get; }

    private void Accept(EthernetSwitch target)
    {
        string directory = System.IO.Path.GetDirectoryName(Path)!;
        for (int number = 1; !_ended; number++)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                if (_ended) return;
                Thread.Sleep(AcceptPause);
                continue;
            }
            if (PeerCredentials.IsTrusted(socket, directory)) target.TryAdd(new SocketLink(socket), $"port {number}");
            else socket.Dispose();
        }
    }

    /// <summary>Takes no more; those that are plugged in stay.</summary>
    public void Dispose()
    {
        _ended = true;
        _listener.Dispose();
        _thread.Join();
        File.Delete(Path);
    }
}
