using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace VirtFoundation.Control;

/// <summary>
/// Who is at the other end of a Unix socket (Linux: SO_PEERCRED, SO_PEERGROUPS; elsewhere the socket's directory alone protects it).
/// </summary>
internal static class PeerCredentials
{
    // NGROUPS_MAX (limits.h).
    private const int MostGroups = 65536;

    /// <summary>Whether the peer is the same user, the administrator, or of the group that uses the socket's directory.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="directory">Where the listening socket is.</param>
    internal static bool IsTrusted(Socket socket, string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        Span<byte> credentials = stackalloc byte[12]; // struct ucred: pid, uid, gid (unix(7))
        socket.GetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials);
        var user = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        var group = BinaryPrimitives.ReadUInt32LittleEndian(credentials[8..]);
        return IsTrusted(user, Libc.Geteuid())
            || (RestrictedFiles.GroupOf(directory) is { } operators && (group == operators || GroupsOf(socket).Contains(operators)));
    }

    internal static bool IsTrusted(uint peer, uint self) => peer == self || peer == 0;

    private static uint[] GroupsOf(Socket socket)
    {
        var groups = new uint[MostGroups];
        var length = socket.GetRawSocketOption(Libc.SOL_SOCKET, Libc.SO_PEERGROUPS, MemoryMarshal.AsBytes(groups.AsSpan()));
        return groups[..(length / sizeof(uint))];
    }
}
