using System.Runtime.Versioning;
using System.Text;
using AppLayer.Footprint;
using VirtTools.Tests;
using VirtFoundation;

namespace AppLayer.Tests.Footprint;

/// <summary>Snapshots as files: kept for later, damaged, cut off while they are written.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FootprintSnapshotTests : IDisposable
{
    private readonly WatchedPlace _place = new();

    public void Dispose() => _place.Dispose();

    [LinuxFact]
    public async Task A_snapshot_is_compared_by_another_process_later()
    {
        var taken = await _place.Take();
        var opened = await FootprintSnapshot.OpenAsync(taken.Path);
        Assert.Equal((taken.Path, taken.HostName, taken.Taken, taken.Entries, taken.Bytes), (opened.Path, opened.HostName, opened.Taken, opened.Entries, opened.Bytes));
        Assert.Equal(taken.Places, opened.Places);
        Assert.Empty(await FootprintComparison.CompareAsync(opened, await _place.Take()));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(taken.Path));

        // Root, bin with a tool and a link, etc with two files, system.reg; three roots of the registry, three keys, three values.
        Assert.Equal(8 + 3 + 3 + 3, opened.Entries);
    }

    [LinuxFact]
    public async Task A_newer_version_is_refused_with_its_number()
    {
        var taken = await _place.Take();
        var content = File.ReadAllBytes(taken.Path);
        var at = content.AsSpan().IndexOf("\"formatVersion\":1"u8);
        content[at + "\"formatVersion\":".Length] = (byte)'7';
        File.WriteAllBytes(taken.Path, content);
        var error = await Assert.ThrowsAsync<VirtException>(() => FootprintSnapshot.OpenAsync(taken.Path));
        Assert.Equal(VirtErrorCode.StateFileTooNew, error.Code);
        Assert.Contains("7", error.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Damage_anywhere_is_told_as_damage()
    {
        var taken = await _place.Take();
        var content = File.ReadAllBytes(taken.Path);
        var random = new Random(7);
        var path = Path.Combine(_place.Beside, "damaged");
        for (var at = 0; at < content.Length; at++)
        {
            var damaged = content.ToArray();
            damaged[at] ^= (byte)(1 << random.Next(8));
            await Check(damaged);
        }

        for (var length = 0; length < content.Length; length += 1 + random.Next(7))
        {
            await Check(content[..length]);
        }

        await Check([.. content, 0]);

        async Task Check(byte[] damaged)
        {
            File.WriteAllBytes(path, damaged);
            var error = await Record.ExceptionAsync(() => FootprintSnapshot.OpenAsync(path));
            Assert.True(error is FootprintException or VirtException { Code: VirtErrorCode.StateFileTooNew }, $"{error}");
        }
    }

    [LinuxFact]
    public void A_snapshot_is_there_whole_or_not_at_all_whatever_step_fails()
    {
        var path = Path.Combine(_place.Beside, "a.footprint");
        for (var step = 1; ; step++)
        {
            var files = new FailingFileOperations((_, number) => number == step);
            var error = Record.Exception(() => FootprintSnapshot.Take([_place.Place], path, DigestRule.All, null, CancellationToken.None, files));
            if (!files.Failed)
            {
                Assert.Null(error);
                Assert.True(step > 4);
                return;
            }

            Assert.Equal(VirtErrorCode.StorageFailed, Assert.IsType<VirtException>(error).Code);
            Assert.False(File.Exists(path + ".new"));
            Assert.True(!File.Exists(path) || files.Steps[^1] == nameof(files.FlushDirectory));
            File.Delete(path);
        }
    }

    [LinuxFact]
    public async Task A_snapshot_that_is_called_off_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        var path = Path.Combine(_place.Beside, "b.footprint");
        for (var i = 0; i < 2000; i++)
        {
            _place.Write($"many/{i}", "x");
        }

        var progress = new Synchronous(_ => cancellation.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FootprintSnapshot.TakeAsync([_place.Place], path, progress, cancellation.Token));
        Assert.Empty(Directory.GetFiles(_place.Beside));
    }

    [LinuxFact]
    public async Task What_cannot_be_read_is_told()
    {
        if (Environment.IsPrivilegedProcess)
        {
            return; // Root reads everything.
        }

        File.SetUnixFileMode(_place["etc/settings"], 0);
        var taken = await _place.Take();
        Assert.StartsWith(_place["etc/settings"], Assert.Single(taken.Unreadable));
    }

    [LinuxFact]
    public async Task A_deep_tree_and_long_paths_are_seen_to_their_end()
    {
        var path = new StringBuilder(_place.Root);
        var name = new string('n', 200);
        for (var i = 0; i < 19; i++)
        {
            path.Append('/').Append(name);
        }

        Directory.CreateDirectory(path.ToString());
        var before = await _place.Take();
        File.WriteAllText($"{path}/x", "");
        var changes = await FootprintComparison.CompareAsync(before, await _place.Take());
        Assert.Contains(changes, change => change.Kind == FootprintChangeKind.Added && change.Place == $"{path}/x");
    }

    private sealed class Synchronous(Action<FootprintProgress> report) : IProgress<FootprintProgress>
    {
        public void Report(FootprintProgress value) => report(value);
    }
}
