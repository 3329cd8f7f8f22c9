using VirtEngine.GuestAgent;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtEngine.Copying;

/// <summary>
/// Copies files and directories between this computer and a guest, by its agent. Where to follows Copy-Item: into a directory that is there.
/// </summary>
/// <param name="connection">The machine.</param>
public sealed class GuestCopy(MachineConnection connection)
{
    private readonly GuestShell _shell = new(connection);

    /// <summary>Looks at what shall be copied into a guest, before anybody asks the guest.</summary>
    /// <param name="sources">Files and directories of this computer, by full paths.</param>
    /// <param name="recurse">Whether directories are copied with all they hold.</param>
    /// <exception cref="VirtException">One of them is not there, or a directory.</exception>
    public static void CheckSources(IReadOnlyList<string> sources, bool recurse)
    {
        ArgumentNullException.ThrowIfNull(sources);
        foreach (var source in sources)
        {
            CheckSource(Path.Exists(source) ? Directory.Exists(source) : null, source, recurse);
        }
    }

    /// <summary>Plans to copy a file out of a guest by its name, of which no guest is asked.</summary>
    /// <param name="source">A path in the guest.</param>
    /// <param name="destination">A full path of this computer; a directory if it ends with a slash, or is one.</param>
    public static CopyPlan PlanFileFromGuest(string source, string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        return PlanFromGuest(new(source, IsDirectory: false, [], [], []), destination, IsDirectory(destination));
    }

    /// <summary>Plans to copy into the guest.</summary>
    /// <param name="sources">Files and directories of this computer, by full paths.</param>
    /// <param name="destination">A path in the guest; a directory if it ends with a slash, or is one.</param>
    /// <param name="recurse">Whether directories are copied with all they hold.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>A plan for each.</returns>
    /// <exception cref="VirtException">One of them is not there, or a directory, or several would go to one file.</exception>
    public async Task<IReadOnlyList<CopyPlan>> PlanToGuestAsync(
        IReadOnlyList<string> sources, string destination, bool recurse, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        CheckSources(sources, recurse);
        var isDirectory = destination[^1] is '/' or '\\' || await _shell.IsDirectoryAsync(destination, cancellation).ConfigureAwait(false);
        CheckTargets(sources.Count, destination, isDirectory);
        return
        [
            .. sources.Select(source => PlanToGuest(
                source, isDirectory ? Join(destination, Path.GetFileName(Path.TrimEndingDirectorySeparator(source))) : destination)),
        ];
    }

    /// <summary>Plans to copy out of a guest that has a shell.</summary>
    /// <param name="source">A path in the guest, or a pattern with *, ? and [ ]; without recursion a pattern means files.</param>
    /// <param name="isPattern">Whether it is a pattern.</param>
    /// <param name="destination">A full path of this computer; a directory if it ends with a slash, or is one.</param>
    /// <param name="recurse">Whether directories are copied with all they hold.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>A plan for each that the pattern means; none if it means nothing.</returns>
    /// <exception cref="VirtException">It is not there, or a directory, or several would go to one file.</exception>
    public async Task<IReadOnlyList<CopyPlan>> PlanFromGuestAsync(
        string source, bool isPattern, string destination, bool recurse, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        var found = await _shell.FindAsync(source, isPattern, recurse, cancellation).ConfigureAwait(false);
        GuestItem[] items = [.. found.Where(item => !item.IsDirectory || recurse || !isPattern)];
        foreach (var item in items)
        {
            CheckSource(item.IsDirectory, item.Path, recurse);
        }

        var isDirectory = IsDirectory(destination);
        CheckTargets(items.Length, destination, isDirectory);
        return [.. items.Select(item => PlanFromGuest(item, destination, isDirectory))];
    }

    /// <summary>
    /// Makes a plan's directories in the guest, and its files where they are not there yet, with the permissions that they have here.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellation">Ends the making.</param>
    /// <returns>Whether files have these permissions; without a shell those that are new have what the guest's agent gives them.</returns>
    /// <exception cref="VirtException">The guest refuses.</exception>
    public async Task<bool> PrepareGuestAsync(CopyPlan plan, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        await _shell.MakeDirectoriesAsync(plan.Directories, cancellation).ConfigureAwait(false);
        (string, UnixFileMode)[] files = [.. plan.Files.Select(file => (file.Target, HostFile.ModeOf(file.Source)))];
        return await _shell.TryMakeFilesAsync(files, cancellation).ConfigureAwait(false)
            || (await connection.GetOperatingSystemAsync(cancellation).ConfigureAwait(false)).Id == "mswindows";
    }

    /// <summary>The last part of a guest's path, Windows' or another's.</summary>
    internal static string LeafOf(string path)
    {
        var trimmed = path.TrimEnd('/', '\\');
        return trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static CopyPlan PlanToGuest(string source, string target)
    {
        if (!Directory.Exists(source))
        {
            return HostFile.IsRegular(source)
                ? new(source, target, [], [new(source, target)], [])
                : new(source, target, [], [], [Other(source)]);
        }

        var (directories, files, skipped) = (new List<string> { target }, new List<FileCopy>(), new List<string>());
        var waiting = new Stack<(string Source, string Target)>([(source, target)]);
        while (waiting.TryPop(out var place))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(place.Source).Order(StringComparer.Ordinal))
            {
                var goal = Join(place.Target, Path.GetFileName(entry));
                if (!Directory.Exists(entry) && HostFile.IsRegular(entry))
                {
                    files.Add(new(entry, goal));
                }
                else if (!Directory.Exists(entry))
                {
                    skipped.Add(Other(entry));
                }
                else if (new DirectoryInfo(entry).LinkTarget is not null)
                {
                    skipped.Add($"'{entry}' is a link to a directory.");
                }
                else
                {
                    directories.Add(goal);
                    waiting.Push((entry, goal));
                }
            }
        }

        return new(source, target, directories, files, skipped);
    }

    // The names are the guest's: nothing goes where its name would lead out of the target.
    private static CopyPlan PlanFromGuest(GuestItem item, string destination, bool isDirectory)
    {
        var skipped = new List<string>(item.Others.Select(Other));
        var target = isDirectory ? TryPlace(destination, LeafOf(item.Path)) : destination;
        if (target is null)
        {
            return new(item.Path, destination, [], [], [.. skipped, Foreign(item.Path)]);
        }

        if (!item.IsDirectory)
        {
            return new(item.Path, target, [], item.Others.Count > 0 ? [] : [new(item.Path, target)], skipped);
        }

        string? Below(string path)
        {
            var isBelow = path.StartsWith(item.Path, StringComparison.Ordinal);
            var place = isBelow ? TryPlace(target, path[item.Path.Length..].TrimStart('/')) : null;
            if (place is null)
            {
                skipped.Add(Foreign(path));
            }

            return place;
        }

        List<string> directories = [target, .. item.Directories.Select(Below).OfType<string>()];
        List<FileCopy> files = [.. item.Files.SelectMany(file => Below(file) is { } place ? [new FileCopy(file, place)] : Array.Empty<FileCopy>())];
        return new(item.Path, target, directories, files, skipped);
    }

    /// <summary>A place below a directory of this computer, by the parts of a guest's path; null if one of them is no file's name here.</summary>
    internal static string? TryPlace(string directory, string path)
    {
        var parts = path.Split('/');
        return parts.All(HostFile.IsName) ? Path.Combine([directory, .. parts]) : null;
    }

    private static bool IsDirectory(string destination) => Path.EndsInDirectorySeparator(destination) || Directory.Exists(destination);

    private static void CheckSource(bool? isDirectory, string source, bool recurse)
    {
        if (isDirectory is null)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"'{source}' does not exist.");
        }

        if (isDirectory.Value && !recurse)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid, $"'{GuestText.Clean(source)}' is a directory; -Recurse copies it with all it holds.");
        }
    }

    private static void CheckTargets(int sources, string destination, bool isDirectory)
    {
        if (sources > 1 && !isDirectory)
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid,
                $"'{destination}' is no directory, and {sources} files would go there; end it with a slash if it shall be one.");
        }
    }

    private static string Join(string directory, string name)
    {
        var separator = directory.Contains('\\', StringComparison.Ordinal) ? '\\' : '/';
        return directory[^1] is '/' or '\\' ? directory + name : $"{directory}{separator}{name}";
    }

    private static string Other(string path) => $"'{GuestText.Clean(path)}' is neither a file nor a directory.";

    private static string Foreign(string path) => $"'{GuestText.Clean(path)}' has a name that no file can have here.";
}
