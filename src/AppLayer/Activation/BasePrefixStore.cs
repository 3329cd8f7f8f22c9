using AppLayer.Applications;
using AppLayer.Files;
using AppLayer.Store;
using VirtFoundation;
using VirtFoundation.Store;

namespace AppLayer.Activation;

/// <summary>
/// The base prefixes of a root, named by the key of the Wine that made them. One is made in a directory aside and put in its place when it is
/// whole; whoever needs it meanwhile waits. Those of a Wine that is not installed any more go when another one is made and nobody needs them.
/// </summary>
internal sealed class BasePrefixStore
{
    private const string New = ".new-";
    private const string Removed = ".removed-";
    private const string Drive = "drive_c";

    // Making one takes seconds; who waits for another's asks again as often as this.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly StateFile<BasePrefixRecord> RecordFile = new(static () => BasePrefixJson.Default.BasePrefixRecord);

    private readonly VirtRoot _root;
    private readonly IStoreOperations _files;
    private readonly Func<string, CancellationToken, Task> _make;
    private readonly string _directory;

    internal BasePrefixStore(VirtRoot root)
        : this(root, StoreOperations.Instance, (directory, cancellation) => BasePrefixMaking.RunAsync(root, directory, cancellation))
    {
    }

    /// <param name="root">The root.</param>
    /// <param name="operations">The file system.</param>
    /// <param name="make">Makes a prefix of an empty directory.</param>
    internal BasePrefixStore(VirtRoot root, IStoreOperations operations, Func<string, CancellationToken, Task> make)
    {
        _root = root;
        _files = operations;
        _make = make;
        _directory = BasePrefix.DirectoryOf(root);
    }

    // Held by who makes or removes prefixes.
    private string LockPath => Path.Combine(_directory, "lock");

    /// <summary>A Wine's base prefix, made if it is not there.</summary>
    /// <returns>Its directory.</returns>
    /// <exception cref="VirtException">It cannot be made.</exception>
    internal async Task<string> ProvideAsync(WineInstallation wine, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        var path = Path.Combine(_directory, wine.Key);
        if (Directory.Exists(path))
        {
            SweepUnlessBusy();
            return path;
        }

        progress?.Report(ActivationStage.MakingBasePrefix);
        _root.Create();
        RestrictedFiles.CreateDirectory(_directory);
        FileLock? held;
        while ((held = FileLock.TryTake(LockPath)) is null)
        {
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }

        using (held)
        {
            Sweep();
            if (!Directory.Exists(path))
            {
                await MakeAsync(path, wine, cancellation).ConfigureAwait(false);
                RemoveUnused(except: path);
            }

            return path;
        }
    }

    private async Task MakeAsync(string path, WineInstallation wine, CancellationToken cancellation)
    {
        // Processes of a maker that was killed may still write, for a moment, where that one made it.
        var made = Path.Combine(_directory, $"{New}{Guid.NewGuid():N}");
        try
        {
            _files.CreateDirectory(made);
            RecordFile.Write(RecordOf(path), new() { Loader = wine.Loader }, _files);
            await _make(made, cancellation).ConfigureAwait(false);
            Clean(made);
            _files.FlushFileSystem(made);
            _files.RenameDirectory(made, path);
            _files.FlushDirectory(_directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The Wine prefix '{path}' could not be made", e);
        }
        finally
        {
            Sweep();
        }
    }

    // What belongs to the run that made it: the name of its wineserver's directory, the devices of this computer, and links from the user's
    // folders to the home directory that it had.
    private void Clean(string prefix)
    {
        foreach (var folder in new DirectoryInfo(Path.Combine(prefix, Drive, "users", LayerLayout.WineUser)).EnumerateFileSystemInfos().ToList())
        {
            if (folder.LinkTarget is not null)
            {
                _files.Delete(folder.FullName);
                Directory.CreateDirectory(folder.FullName);
            }
        }

        _files.Delete(Path.Combine(prefix, "wineserver"));
        foreach (var device in new DirectoryInfo(Path.Combine(prefix, "dosdevices")).EnumerateFileSystemInfos().ToList())
        {
            if (device.Name is not ("c:" or "z:"))
            {
                _files.Delete(device.FullName);
            }
        }
    }

    // The new one is made: that an old one cannot go now is no failure, the next making tries again.
    private void RemoveUnused(string except)
    {
        foreach (var path in _root.FindDirectories(_directory))
        {
            if (path == except || IsLeft(path) || IsInstalled(path))
            {
                continue;
            }

            try
            {
                using var free = FileLock.TryTake(BasePrefix.LockOf(path));
                if (free is not null && !IsAwaited(path))
                {
                    _files.RenameDirectory(path, Path.Combine(_directory, $"{Removed}{Guid.NewGuid():N}"));
                    _files.FlushDirectory(_directory);
                    _files.Delete(RecordOf(path));
                    if (!OperatingSystem.IsWindows())
                    {
                        _files.Delete(BasePrefix.LockOf(path));
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or VirtException)
            {
                continue;
            }
        }

        Sweep();
    }

    // A prefix whose record is missing or damaged is made anew if its Wine comes again.
    private static bool IsInstalled(string path)
    {
        try
        {
            return RecordFile.TryRead(RecordOf(path)) is { } record && WineInstallation.IsInstalled(record.Loader, Path.GetFileName(path));
        }
        catch (VirtException e)
        {
            return e.Code != VirtErrorCode.StateFileDamaged;
        }
    }

    // What a lost run changed of the registry is the difference to the prefix that it had.
    private bool IsAwaited(string path)
    {
        var layers = new LayerStore(_root);
        return _root.FindDirectories(_root.ApplicationsDirectory).Select(application => new ApplicationDirectory(application))
            .Any(application => application.TryReadRun(out _) is { } run && run.Base == path && ApplicationRecovery.IsDue(application, run, layers));
    }

    // What was cut off is the next command's to remove.
    private void SweepUnlessBusy()
    {
        if (FindLeft().Any())
        {
            using var held = FileLock.TryTake(LockPath);
            if (held is not null)
            {
                Sweep();
            }
        }
    }

    // The caller holds the lock.
    private void Sweep()
    {
        foreach (var path in FindLeft().ToList())
        {
            TreeRemoval.TryRemove(path);
        }
    }

    private IEnumerable<string> FindLeft() => _root.FindDirectories(_directory).Where(IsLeft);

    private static bool IsLeft(string path) => Path.GetFileName(path).StartsWith('.');

    private static string RecordOf(string path) => path + ".json";
}
