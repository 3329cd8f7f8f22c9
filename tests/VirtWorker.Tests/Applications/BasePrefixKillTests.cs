using System.Diagnostics;
using AppLayer.Activation;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtWorker.Tests.Applications;

/// <summary>Makers of base prefixes that are killed, with a Wine that is a script and, in the nightly form, with the true one.</summary>
public sealed class BasePrefixKillTests : IDisposable
{
    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1";

    // A prefix comes about piece by piece, by more than one process.
    private const string Script = """
        #!/bin/sh
        [ "$1" = winecfg ] || exit 0
        mkdir -p "$WINEPREFIX/drive_c/windows/system32" "$WINEPREFIX/drive_c/users/user" "$WINEPREFIX/dosdevices"
        (for i in 1 2 3 4 5 6 7 8 9; do echo MZ > "$WINEPREFIX/drive_c/windows/system32/$i.dll"; sleep 0.02; done) &
        ln -s "$HOME" "$WINEPREFIX/drive_c/users/user/Documents"
        ln -s ../drive_c "$WINEPREFIX/dosdevices/c:"
        wait
        for file in system user userdef; do echo "WINE REGISTRY Version 2" > "$WINEPREFIX/$file.reg"; done
        """;

    private readonly ApplicationLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [LinuxFact]
    public async Task Making_that_is_killed_leaves_none_or_a_whole_prefix_and_the_next_command_makes_it()
    {
        var place = Directory.CreateDirectory(Path.Combine(_lab.Scratch, "wine")).FullName;
        Write(Path.Combine(place, "wine"), Script);
        Write(Path.Combine(place, "wineserver"), "#!/bin/sh\nexit 0\n");
        var wine = WineInstallation.Find(null, [place])!;
        await KillAsync(wine, IsNightly ? 30 : 2, path =>
        {
            Assert.Equal(["dosdevices", "drive_c", "system.reg", "user.reg", "userdef.reg"], Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order());
            Assert.Equal(9, Directory.GetFiles(Path.Combine(path, "drive_c/windows/system32")).Length);
        });
    }

    [WineFact(Nightly = true)]
    public async Task Making_with_the_true_Wine_that_is_killed_leaves_none_or_a_whole_prefix()
    {
        var names = Array.Empty<string?>();
        await KillAsync(WineInstallation.Find(), 8, path =>
        {
            Assert.True(Directory.GetFiles(Path.Combine(path, "drive_c/windows/system32")).Length > 100);
            var now = Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order().ToArray();
            names = names.Length == 0 ? now : names;
            Assert.Equal(names, now);
        });
    }

    // Called by name, in a process of its own.
    internal static void ProvideAside(string root) =>
        BasePrefix.ProvideAsync(VirtRoot.At(root), WineInstallation.Find(), null, CancellationToken.None).GetAwaiter().GetResult();

    private async Task KillAsync(WineInstallation wine, int rounds, Action<string> assertWhole)
    {
        var environment = new Dictionary<string, string> { [WineInstallation.LoaderVariable] = wine.Loader };
        var path = BasePrefix.PathOf(_lab.Root, wine);
        var random = new Random(29);
        var watch = Stopwatch.StartNew();
        await ProcessAside.RunAsync(typeof(BasePrefixKillTests), nameof(ProvideAside), [_lab.Root.Directory], environment);
        var whole = watch.Elapsed;
        for (var (round, killed) = (0, 0); killed < rounds; round++)
        {
            Assert.True(round < 4 * rounds, $"Only {killed} of {round} were killed.");
            TreeRemoval.TryRemove(path);
            var time = whole * (0.1 + (0.8 * random.NextDouble()));
            killed += await ProcessAside.RunAndKillAsync(typeof(BasePrefixKillTests), nameof(ProvideAside), time, [_lab.Root.Directory], environment) ? 1 : 0;
            if (Directory.Exists(path))
            {
                assertWhole(path);
            }

            // At once: what the killed one started may still run.
            await ProcessAside.RunAsync(typeof(BasePrefixKillTests), nameof(ProvideAside), [_lab.Root.Directory], environment);
            assertWhole(path);
            await _lab.AssertNothingIsLeftAsync();
            await ProcessAside.RunAsync(typeof(BasePrefixKillTests), nameof(ProvideAside), [_lab.Root.Directory], environment);
            Assert.Equal(
                new[] { "lock", wine.Key, $"{wine.Key}.json" }.Order(StringComparer.Ordinal),
                Directory.GetFileSystemEntries(BasePrefix.DirectoryOf(_lab.Root)).Select(name => Path.GetFileName(name)).Order(StringComparer.Ordinal));
        }
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
