using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;
using VirtFoundation.Interop;

namespace VirtFoundation.Store;

/// <summary>
/// The group whose members share the computer's machines with its administrators, if somebody made it: <c>virttools</c> on Linux,
/// <c>VirtTools Operators</c> among Windows' local groups. Who starts machines as root reads files as root: members are trusted like administrators.
/// </summary>
internal static class OperatorsGroup
{
    internal const string UnixName = "virttools";
    internal const string WindowsName = "VirtTools Operators";

    private const int ERANGE = 34, LargestEntry = 1 << 20;

    /// <summary>The group's number on Linux.</summary>
    /// <returns>Null if there is no such group.</returns>
    /// <exception cref="IOException">The system's directory of groups does not answer.</exception>
    internal static unsafe uint? FindOnUnix(string name = UnixName)
    {
        // A group's entry lists its members, which may be many.
        for (var size = 4096; size <= LargestEntry; size *= 4)
        {
            var buffer = new byte[size];
            int error;
            nint found;
            Libc.Group group;
            fixed (byte* room = buffer)
            {
                error = Libc.Getgrnam(name, out group, room, (nuint)size, out found);
            }

            if (error == 0)
            {
                return found == 0 ? null : group.Gid;
            }

            if (error != ERANGE)
            {
                throw new IOException($"The group '{name}' cannot be looked up: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        throw new IOException($"The group '{name}' cannot be looked up: its entry is too long.");
    }

    /// <summary>The group's identity on Windows.</summary>
    /// <returns>Null if there is no such group.</returns>
    [SupportedOSPlatform("windows")]
    internal static SecurityIdentifier? FindOnWindows()
    {
        try
        {
            return (SecurityIdentifier)new NTAccount(Environment.MachineName, WindowsName).Translate(typeof(SecurityIdentifier));
        }
        catch (IdentityNotMappedException)
        {
            return null;
        }
    }
}
