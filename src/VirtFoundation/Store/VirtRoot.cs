using System.Text;
using VirtFoundation.Interop;

namespace VirtFoundation.Store;

/// <summary>
/// The directories that hold everything VirtTools keeps for a user or for the computer. <c>VIRTTOOLS_HOME</c> names another place for both.
/// </summary>
public sealed class VirtRoot
{
    /// <summary>Bytes that a Unix socket's path may have: <c>sun_path</c> without its terminator (unix(7)).</summary>
    public const int LongestSocketPath = 107;

    private VirtRoot(RootScope scope, string directory, string socketDirectory)
    {
        Scope = scope;
        Directory = directory;
        SocketDirectory = socketDirectory;
    }

    /// <summary>Whose root it is.</summary>
    public RootScope Scope { get; }

    /// <summary>Full path of the root.</summary>
    public string Directory { get; }

    /// <summary>Full path of the directory that new control sockets are made in.</summary>
    public string SocketDirectory { get; }

    /// <summary>Full path of the directory that holds a directory per machine.</summary>
    public string MachinesDirectory => Path.Combine(Directory, "machines");

    /// <summary>Full path of the directory that holds the images.</summary>
    public string ImagesDirectory => Path.Combine(Directory, "images");

    /// <summary>Full path of the directory that holds the store of layers: objects, trees, manifests.</summary>
    public string LayersDirectory => Path.Combine(Directory, "layers");

    /// <summary>Full path of the directory that holds a directory per virtual application.</summary>
    public string ApplicationsDirectory => Path.Combine(Directory, "applications");

    /// <summary>Full path of the directory that holds a directory per switch.</summary>
    public string SwitchesDirectory => Path.Combine(Directory, "switches");

    /// <summary>Finds the root of the current user or of the computer. Nothing is created.</summary>
    /// <param name="scope">Whose root.</param>
    /// <returns>The root.</returns>
    /// <exception cref="VirtException"><c>VIRTTOOLS_HOME</c> is no absolute path.</exception>
    public static VirtRoot Find(RootScope scope = RootScope.User) => Find(scope, Environment.GetEnvironmentVariable);

    /// <summary>Makes a root of a directory of one's own choice.</summary>
    /// <param name="directory">The directory; it need not exist.</param>
    /// <returns>The root.</returns>
    public static VirtRoot At(string directory)
    {
        var full = Path.GetFullPath(directory);
        return new(RootScope.User, full, SocketDirectoryOf(full, null));
    }

    internal static VirtRoot Find(RootScope scope, Func<string, string?> environment)
    {
        if (environment("VIRTTOOLS_HOME") is { Length: > 0 } home)
        {
            if (!Path.IsPathFullyQualified(home))
            {
                throw new VirtException(
                    VirtErrorCode.RootUnusable, $"VIRTTOOLS_HOME is '{home}', which means another place in each directory; it must be an absolute path.");
            }

            var full = Path.GetFullPath(home);
            return new(scope, full, SocketDirectoryOf(full, null));
        }

        if (scope == RootScope.Machine)
        {
            return OperatingSystem.IsWindows()
                ? WithSocketsInside(scope, Path.Combine(Folder(Environment.SpecialFolder.CommonApplicationData), "VirtTools"))
                // Not in /run: what is made there is gone after a reboot, and operators could not make it again.
                : WithSocketsInside(scope, "/var/lib/virttools");
        }

        if (OperatingSystem.IsWindows())
        {
            return WithSocketsInside(scope, Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "VirtTools"));
        }

        var data = environment("XDG_DATA_HOME") is { Length: > 0 } xdg && Path.IsPathFullyQualified(xdg)
            ? xdg
            : Path.Combine(environment("HOME") is { Length: > 0 } user ? user : Folder(Environment.SpecialFolder.UserProfile), ".local/share");
        var root = Path.Combine(data, "virttools");
        return new(scope, root, SocketDirectoryOf(root, environment("XDG_RUNTIME_DIR")));
    }

    /// <summary>The control socket of a machine or application that is about to start.</summary>
    /// <exception cref="VirtException">The path is longer than a socket's may be.</exception>
    internal string SocketPath(Guid id)
    {
        var path = Path.Combine(SocketDirectory, SocketName(id));
        return Encoding.UTF8.GetByteCount(path) <= LongestSocketPath
            ? path
            : throw new VirtException(
                VirtErrorCode.SocketPathTooLong,
                $"The control socket's path '{path}' is longer than the {LongestSocketPath} bytes that the system allows.");
    }

    /// <summary>Makes the root's directories, open to their owner alone; those of the computer also to the operators, if there is such a group.</summary>
    /// <exception cref="VirtException">A directory cannot be made, or belongs to somebody else.</exception>
    public void Create()
    {
        RestrictedFiles.CreateRoot(Directory, share: Scope == RootScope.Machine);
        RestrictedFiles.CreateDirectory(MachinesDirectory);
        RestrictedFiles.CreateDirectory(ImagesDirectory);
        RestrictedFiles.CreateDirectory(LayersDirectory);
        RestrictedFiles.CreateDirectory(ApplicationsDirectory);
        RestrictedFiles.CreateDirectory(SwitchesDirectory);
        if (Path.GetDirectoryName(SocketDirectory) == Directory)
        {
            RestrictedFiles.CreateDirectory(SocketDirectory);
        }
        else
        {
            RestrictedFiles.CreateRoot(SocketDirectory, share: false);
        }
    }

    /// <summary>The directories of machines or applications, whoever made them.</summary>
    /// <param name="parent"><see cref="MachinesDirectory"/> or <see cref="ApplicationsDirectory"/>.</param>
    /// <exception cref="VirtException">The root cannot be read: it is another user's, or no directory.</exception>
    internal string[] FindDirectories(string parent)
    {
        try
        {
            return System.IO.Directory.GetDirectories(parent);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was made yet; unless a file is in the way, which the system calls no directory too.
            return FileAbove(parent) is { } file
                ? throw new VirtException(VirtErrorCode.RootUnusable, $"'{file}' is a file; '{Directory}' cannot be a directory of VirtTools.")
                : [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw VirtException.Storage($"What is in '{parent}' cannot be seen", e);
        }
        catch (IOException e)
        {
            throw new VirtException(VirtErrorCode.RootUnusable, $"What is in '{parent}' cannot be read: {e.Message}", e);
        }
    }

    private static string? FileAbove(string path)
    {
        for (string? place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            if (File.Exists(place))
            {
                return place;
            }
        }

        return null;
    }

    internal static string SocketName(Guid id) => $"{id:N}.sock";

    private static VirtRoot WithSocketsInside(RootScope scope, string directory) => new(scope, directory, Path.Combine(directory, "run"));

    // The user's runtime directory where there is one; else inside the root; else, where that is too long, a directory in /tmp.
    private static string SocketDirectoryOf(string root, string? runtime)
    {
        if (!string.IsNullOrEmpty(runtime) && Path.IsPathFullyQualified(runtime) && System.IO.Directory.Exists(runtime))
        {
            return Path.Combine(runtime, "virttools");
        }

        var inside = Path.Combine(root, "run");
        var longest = Encoding.UTF8.GetByteCount(inside) + 1 + SocketName(Guid.Empty).Length;
        return longest <= LongestSocketPath || OperatingSystem.IsWindows() ? inside : $"/tmp/virttools-{Libc.Geteuid()}";
    }

    private static string Folder(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
}
