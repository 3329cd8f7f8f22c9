using System.Globalization;
using System.Net.Sockets;
using AppLayer.Files;
using AppLayer.Paths;
using AppLayer.Registry.Views;
using AppLayer.Wine;
using VirtFoundation;
using VirtFoundation.Interop;

namespace AppLayer.Capture.Sessions;

/// <summary>A Wine prefix that somebody uses, as a capture meets it.</summary>
/// <param name="directory">The prefix.</param>
internal sealed class LivePrefix(string directory)
{
    private static readonly string[] NoUsers = ["Public", "All Users", "Default", "Default User"];

    /// <summary>The name of its user's folder.</summary>
    /// <exception cref="VirtException">It is no prefix, or has several users.</exception>
    internal string FindUser()
    {
        var users = Path.Combine(directory, "drive_c", "users");
        if (!Directory.Exists(users) || !File.Exists(Path.Combine(directory, RegistryRoots.Of(RegistryRoot.Machine).WineFile)))
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{directory}' is no Wine prefix: it lacks drive_c/users or system.reg.");
        }

        var names = Directory.GetDirectories(users).Select(path => Path.GetFileName(path)).Except(NoUsers, StringComparer.OrdinalIgnoreCase).ToList();
        return names is [var only] ? only
            : names.FirstOrDefault(name => name == Environment.UserName)
            ?? throw new VirtException(
                VirtErrorCode.ParameterInvalid, $"'{users}' has {names.Count} users' folders ({string.Join(", ", names)}); a capture needs one, or that of this user.");
    }

    /// <summary>Makes sure that no program runs in it, since what they change of the registry is in its files only afterwards.</summary>
    /// <exception cref="VirtException">One does.</exception>
    internal void CheckIdle()
    {
        // Wine keeps the server's socket under the prefix' device and inode (server/request.c).
        if (Libc.Statx(Libc.AT_FDCWD, directory, 0, Libc.STATX_BASIC_STATS, out var status) != 0)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"There is no Wine prefix '{directory}'.");
        }

        // dev_t as glibc makes it of both numbers (makedev(3)).
        var device = (status.DeviceMinor & 0xff) | ((status.DeviceMajor & 0xfff) << 8) | ((ulong)(status.DeviceMinor & ~0xffu) << 12);
        var server = string.Create(CultureInfo.InvariantCulture, $"server-{device:x}-{status.Inode:x}");
        var debian = Path.Combine(directory, "wineserver");
        string[] directories = [$"/tmp/.wine-{Libc.Geteuid()}", File.Exists(debian) ? File.ReadAllText(debian).Trim() : ""];
        foreach (var place in directories.Where(place => place.Length > 0))
        {
            if (IsServed(Path.Combine(place, server, "socket")) || IsServed(Path.Combine(place, "socket")))
            {
                throw new VirtException(
                    VirtErrorCode.CaptureInUse, $"Programs of the Wine prefix '{directory}' run; its registry is written when they have ended (wineserver -k ends them).");
            }
        }
    }

    /// <summary>Copies its registry files.</summary>
    internal void CopyRegistry(string target, VirtFoundation.Store.IFileOperations operations)
    {
        operations.CreateDirectory(target);
        foreach (var root in RegistryRoots.All)
        {
            using var file = operations.Create(Path.Combine(target, root.WineFile));
            operations.Write(file, File.ReadAllBytes(Path.Combine(directory, root.WineFile)));
            operations.Flush(file);
        }
    }

    /// <summary>What changed in its registry.</summary>
    /// <param name="before">Where <see cref="CopyRegistry"/> has put it.</param>
    /// <param name="user">The name of its user's folder.</param>
    internal Registry.RegistryKey Since(string before, string user)
    {
        var registry = WinePrefixRegistry.Load(directory);
        var roots = LayerLayout.WineRoots.Select(root => root.Kind == RootKind.Identifier
            ? root with { Text = registry.UserSid ?? root.Text }
            : root with { Text = InUsersFolder(root.Text, user) });
        return registry.Since(WinePrefixRegistry.Load(before), new(roots), WineNoise.Known);
    }

    private static string InUsersFolder(string path, string user)
    {
        const string Users = @"C:\users\";
        var ours = Users + LayerLayout.WineUser;
        return path.StartsWith(ours, StringComparison.Ordinal) && (path.Length == ours.Length || path[ours.Length] == '\\') ? Users + user + path[ours.Length..] : path;
    }

    private static bool IsServed(string path)
    {
        const int Longest = 107;
        if (!File.Exists(path) || System.Text.Encoding.UTF8.GetByteCount(path) > Longest)
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
