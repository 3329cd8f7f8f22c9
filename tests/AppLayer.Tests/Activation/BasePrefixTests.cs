using System.Globalization;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Store;
using AppLayer.Tests.Store;
using VirtFoundation;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace AppLayer.Tests.Activation;

/// <summary>Base prefixes made by a Wine that is a few files.</summary>
public sealed class BasePrefixTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly VirtRoot _root;
    private int _made;

    public BasePrefixTests() => _root = VirtRoot.At(_directory["root"]);

    public void Dispose() => _directory.Dispose();

    /// <param name="isKilled">Whether no later step is taken either, as if the process were killed.</param>
    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Making_that_fails_at_any_step_leaves_none_or_a_whole_one_and_the_next_command_makes_it(bool isKilled)
    {
        for (var step = 1; ; step++)
        {
            var wine = Install($"wine{step}");
            var operations = new FailingStoreOperations((_, number) => isKilled ? number >= step : number == step);
            var failure = await Record.ExceptionAsync(() => new BasePrefixStore(_root, operations, Make).ProvideAsync(wine, null, default));
            var path = BasePrefix.PathOf(_root, wine);
            if (Directory.Exists(path)) AssertWhole(path);
            else Assert.True(failure is VirtException, $"step {step}: {failure}");

            Assert.Equal(path, await Store().ProvideAsync(wine, null, default));
            AssertWhole(path);
            AssertNames("lock", wine.Key, $"{wine.Key}.json");
            TreeRemoval.TryRemove(BasePrefix.DirectoryOf(_root));
            if (!operations.Failed)
            {
                Assert.Null(failure);
                Assert.True(step > 10, $"{step}");
                return;
            }
        }
    }

    [LinuxFact]
    public async Task Wine_that_fails_leaves_nothing()
    {
        var wine = Install("wine");
        var store = new BasePrefixStore(_root, StoreOperations.Instance, (directory, _) =>
        {
            Directory.CreateDirectory(Path.Combine(directory, "drive_c"));
            throw new VirtException(VirtErrorCode.WineUnavailable, "Wine could not make a prefix.");
        });
        Assert.Equal(VirtErrorCode.WineUnavailable, (await Assert.ThrowsAsync<VirtException>(() => store.ProvideAsync(wine, null, default))).Code);
        Assert.DoesNotContain(Names(), name => name.StartsWith('.') || name == wine.Key);
    }

    [LinuxFact]
    public async Task What_a_killed_maker_left_goes_with_the_next_command_that_needs_a_prefix_unless_somebody_makes_one()
    {
        var wine = Install("wine");
        await Store().ProvideAsync(wine, null, default);
        var left = Directory.CreateDirectory(Path.Combine(BasePrefix.DirectoryOf(_root), $".new-{Guid.NewGuid():N}")).FullName;
        Directory.CreateDirectory(Path.Combine(left, "drive_c", "windows"));
        using (FileLock.TryTake(Path.Combine(BasePrefix.DirectoryOf(_root), "lock")))
        {
            await Store().ProvideAsync(wine, null, default);
            Assert.True(Directory.Exists(left));
        }

        await Store().ProvideAsync(wine, null, default);
        Assert.False(Directory.Exists(left));
        Assert.Equal(1, _made);
    }

    [LinuxFact]
    public async Task Those_who_need_one_at_the_same_time_get_the_same()
    {
        var wine = Install("wine");
        var paths = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store().ProvideAsync(wine, null, default))));
        Assert.Single(paths.Distinct());
        Assert.Equal(1, _made);
    }

    [LinuxFact]
    public async Task Prefix_of_a_Wine_that_is_gone_is_removed_when_another_is_made_and_nobody_uses_it()
    {
        var (old, other) = (Install("old"), Install("other"));
        var path = await Store().ProvideAsync(old, null, default);
        await Store().ProvideAsync(other, null, default);
        AssertWhole(path); // Its Wine is there: two versions can be used by turns.

        File.Delete(old.Loader);
        await Store().ProvideAsync(other, null, default);
        AssertWhole(path); // None was made.
        using (BasePrefix.Hold(path))
        {
            await Store().ProvideAsync(Install("third"), null, default);
            AssertWhole(path);
        }

        await Store().ProvideAsync(Install("fourth"), null, default);
        Assert.DoesNotContain(Names(), name => name.StartsWith(old.Key, StringComparison.Ordinal) || name.StartsWith('.'));
        AssertWhole(BasePrefix.PathOf(_root, other));
        Assert.Equal(VirtErrorCode.WineUnavailable, Assert.Throws<VirtException>(() => BasePrefix.Hold(path)).Code);
    }

    [LinuxFact]
    public async Task Prefix_that_a_lost_run_is_compared_with_stays()
    {
        var old = Install("old");
        var path = await Store().ProvideAsync(old, null, default);
        File.Delete(old.Loader);
        var application = new ApplicationDirectory(Path.Combine(_root.ApplicationsDirectory, $"{Guid.NewGuid():N}"));
        RestrictedFiles.CreateDirectory(application.Path);
        var run = new ApplicationRunRecord { Process = new(0, "gone"), Started = DateTime.UtcNow, Socket = "none", Base = path };
        application.WriteRun(run);
        await Store().ProvideAsync(Install("second"), null, default);
        AssertWhole(path);

        application.WriteRun(run with { Ended = DateTime.UtcNow });
        await Store().ProvideAsync(Install("third"), null, default);
        Assert.False(Directory.Exists(path));
    }

    private BasePrefixStore Store() => new(_root, StoreOperations.Instance, Make);

    private WineInstallation Install(string name)
    {
        var directory = Directory.CreateDirectory(_directory[name]).FullName;
        File.WriteAllText(Path.Combine(directory, "wine"), "wine");
        File.WriteAllText(Path.Combine(directory, "wineserver"), "server");
        return WineInstallation.Find(null, [directory])!;
    }

    // As Wine does it: registry files last, and links and files of the one run.
    private async Task Make(string directory, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _made);
        foreach (var folder in (string[])["drive_c/windows/system32", "drive_c/users/user", "dosdevices"]) Directory.CreateDirectory(Path.Combine(directory, folder));
        await Task.Delay(1, cancellation);
        for (var i = 0; i < 5; i++) File.WriteAllText(Path.Combine(directory, "drive_c/windows/system32", string.Create(CultureInfo.InvariantCulture, $"{i}.dll")), "MZ");
        File.CreateSymbolicLink(Path.Combine(directory, "drive_c/users/user/Documents"), directory);
        File.CreateSymbolicLink(Path.Combine(directory, "dosdevices/c:"), "../drive_c");
        File.CreateSymbolicLink(Path.Combine(directory, "dosdevices/com1"), "/dev/ttyS0");
        File.WriteAllText(Path.Combine(directory, "wineserver"), "/tmp/x");
        File.WriteAllText(Path.Combine(directory, "system.reg"), "WINE REGISTRY Version 2\n");
    }

    private static void AssertWhole(string path)
    {
        Assert.Equal(["dosdevices", "drive_c", "system.reg"], Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order());
        Assert.Equal(5, Directory.GetFiles(Path.Combine(path, "drive_c/windows/system32")).Length);
        Assert.Null(new DirectoryInfo(Path.Combine(path, "drive_c/users/user/Documents")).LinkTarget);
        Assert.Equal(["c:"], Directory.GetFileSystemEntries(Path.Combine(path, "dosdevices")).Select(Path.GetFileName));
    }

    private void AssertNames(params string[] names) => Assert.Equal(names.Order(StringComparer.Ordinal), Names().Order(StringComparer.Ordinal));

    private IEnumerable<string> Names() => Directory.GetFileSystemEntries(BasePrefix.DirectoryOf(_root)).Select(path => Path.GetFileName(path));
}
