using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>Lets Wine make a prefix in an empty directory, as a temporary application: nothing of it survives whoever asked.</summary>
internal static class BasePrefixMaking
{
    // No browser and no .NET runtime are offered; nothing is put in the desktop's menus.
    private const string Overrides = "mscoree=d;mshtml=d;winemenubuilder.exe=d";

    // Wine's service of that name does nothing, and each program's start waits for it: it starts some minutes later, or when somebody asks.
    private const string EventLog = @"HKLM\System\CurrentControlSet\Services\Eventlog";

    /// <summary>Makes it.</summary>
    /// <param name="root">Where the application is kept meanwhile.</param>
    /// <param name="directory">The empty directory.</param>
    /// <param name="cancellation">Kills Wine.</param>
    /// <exception cref="VirtException">Wine cannot.</exception>
    internal static async Task RunAsync(VirtRoot root, string directory, CancellationToken cancellation)
    {
        var environment = ProgramEnvironment.OfThisProcess();
        environment.Remove("DISPLAY");
        environment.Remove("WAYLAND_DISPLAY");
        // Wine writes into the home directory, and links the user's folders to it: neither shall be the real one.
        environment["HOME"] = directory;
        environment["WINEDLLOVERRIDES"] = Overrides;
        var application = await TemporaryApplication.OpenAsync(root, new() { Platform = LayerPlatform.Windows, Prefix = directory }, cancellation)
            .ConfigureAwait(false);
        await using (application.ConfigureAwait(false))
        {
            // The first program in a directory makes it a prefix.
            var code = await application.RunAsync(
                new() { Command = "winecfg", Arguments = ["-v", "win10"], Environment = environment }, cancellation).ConfigureAwait(false);
            if (code == 0)
            {
                code = await application.RunAsync(
                    new() { Command = "reg", Arguments = ["add", EventLog, "/v", "DelayedAutoStart", "/t", "REG_DWORD", "/d", "1", "/f"], Environment = environment },
                    cancellation).ConfigureAwait(false);
            }

            var said = application.ReadAll(isError: true);
            await application.EndAsync(cancellation).ConfigureAwait(false);
            if (code != 0 || !Directory.Exists(Path.Combine(directory, "drive_c", "windows", "system32")) || !File.Exists(Path.Combine(directory, "system.reg")))
            {
                throw new VirtException(VirtErrorCode.WineUnavailable, $"Wine could not make a prefix (exit code {code}): {said}");
            }
        }
    }
}
