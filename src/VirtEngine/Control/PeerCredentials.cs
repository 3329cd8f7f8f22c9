using System.Buffers.Binary;
using System.Net.Sockets;
using VirtEngine.Interop;

namespace VirtEngine.Control;

/// <summary>Who is at the other end of a Unix socket (Linux: SO_PEERCRED; elsewhere the socket's directory alone protects it).</summary>
internal static class PeerCredentials
{
    /// <summary>Whether the peer is the same user, or the administrator.</summary>
    internal static bool IsTrusted(Socket socket) => !OperatingSystem.IsLinux() || IsTrusted(UserOf(socket), Libc.Geteuid());

    internal static bool IsTrusted(uint peer, uint self) => peer == self || peer == 0;

    private static uint UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12]; // struct ucred: pid, uid, gid (unix(7))
        socket.GetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials);
        return BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
    }
}
