using AppLayer.Applications;
using AppLayer.Files;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>
/// The Wine prefix below all Windows programs of a root: made once for each version of Wine, then only read. It is put in its place when it is
/// whole; whoever needs it meanwhile waits.
/// </summary>
internal static class BasePrefix
{
    private const string New = ".new-";
    private const string Drive = "drive_c";

    // Making one takes seconds; who waits for another's asks again as often as this.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // No browser and no .NET runtime are offered; nothing is put in the desktop's menus.
    private const string Overrides = "mscoree=d;mshtml=d;winemenubuilder.exe=d";

    /// <summary>The base prefix, made if it is not there.</summary>
    /// <returns>Its directory.</returns>
    /// <exception cref="VirtException">Wine cannot make one.</exception>
    internal static async Task<string> ProvideAsync(
        VirtRoot root, WineInstallation wine, IProgress<ActivationStage>? progress, CancellationToken cancellation)
    {
        var path = PathOf(root, wine);
        if (Directory.Exists(path))
        {
            return path;
        }

        progress?.Report(ActivationStage.MakingBasePrefix);
        root.Create();
        RestrictedFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        FileLock? held;
        while ((held = FileLock.TryTake(path + ".lock")) is null)
        {
            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }

        using (held)
        {
            if (!Directory.Exists(path))
            {
                await MakeAsync(root, path, cancellation).ConfigureAwait(false);
            }

            return path;
        }
    }

    internal static string PathOf(VirtRoot root, WineInstallation wine) => Path.Combine(root.Directory, "prefixes", wine.Key);

    private static async Task MakeAsync(VirtRoot root, string path, CancellationToken cancellation)
    {
        var made = Path.Combine(Path.GetDirectoryName(path)!, New + Path.GetFileName(path));
        TreeRemoval.TryRemove(made);
        RestrictedFiles.CreateDirectory(made);
        try
        {
            await RunWineAsync(root, made, cancellation).ConfigureAwait(false);
            Clean(made);
            Flush(made);
            Directory.Move(made, path);
            FileOperations.Instance.FlushDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The Wine prefix '{path}' could not be made", e);
        }
        finally
        {
            TreeRemoval.TryRemove(made);
        }
    }

    // The first program in a directory makes it a prefix.
    private static async Task RunWineAsync(VirtRoot root, string made, CancellationToken cancellation)
    {
        var environment = ProgramEnvironment.OfThisProcess();
        environment.Remove("DISPLAY");
        environment.Remove("WAYLAND_DISPLAY");
        // Wine writes into the home directory, and links the user's folders to it: neither shall be the real one.
        environment["HOME"] = made;
        environment["WINEDLLOVERRIDES"] = Overrides;
        var application = await TemporaryApplication.OpenAsync(root, new() { Platform = LayerPlatform.Windows, Prefix = made }, cancellation)
            .ConfigureAwait(false);
        await using (application.ConfigureAwait(false))
        {
            var code = await application.RunAsync(
                new() { Command = "winecfg", Arguments = ["-v", "win10"], Environment = environment }, cancellation).ConfigureAwait(false);
            var said = application.ReadAll(isError: true);
            await application.EndAsync(cancellation).ConfigureAwait(false);
            if (code != 0 || !Directory.Exists(Path.Combine(made, Drive, "windows", "system32")) || !File.Exists(Path.Combine(made, "system.reg")))
            {
                throw new VirtException(VirtErrorCode.WineUnavailable, $"Wine could not make a prefix (exit code {code}): {said}");
            }
        }
    }

    // What belongs to the run that made it: the name of its wineserver's directory, the devices of this computer, and links from the user's
    // folders to the home directory that it had.
    private static void Clean(string prefix)
    {
        foreach (var folder in new DirectoryInfo(Path.Combine(prefix, Drive, "users", LayerLayout.WineUser)).EnumerateFileSystemInfos())
        {
            if (folder.LinkTarget is not null)
            {
                folder.Delete();
                Directory.CreateDirectory(folder.FullName);
            }
        }

        File.Delete(Path.Combine(prefix, "wineserver"));
        foreach (var device in new DirectoryInfo(Path.Combine(prefix, "dosdevices")).EnumerateFileSystemInfos())
        {
            if (device.Name is not ("c:" or "z:"))
            {
                device.Delete();
            }
        }
    }

    private static void Flush(string directory)
    {
        using var opened = Libc.OpenHandle(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (opened.IsInvalid || Libc.Syncfs((int)opened.DangerousGetHandle()) != 0)
        {
            throw new IOException(System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage());
        }
    }
}
