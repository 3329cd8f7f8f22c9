using AppLayer.Registry;
using AppLayer.Store;
using AppLayer.Tests.Registry.Text;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Store;

public sealed class LayerStoreTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [LinuxFact]
    public void Committed_tree_is_what_cp_would_have_made()
    {
        MakeOneOfEach();

        var layer = _fixture.Commit();
        var tree = _fixture.Store.TreeDirectory(layer.Id);

        _fixture.Shell($"diff -r --no-dereference . '{tree}'");
        const string Look = "find . -printf '%y %p %m %U %G %s %l %n ' -exec stat -c '%.7Y' {} \\; | sed 's/^d \\(.*\\) [0-9]* \\( [0-9]* [0-9.]*\\)$/d \\1 \\2/' | sort";
        var wanted = _fixture.Shell(Look).Split('\n');
        var made = _fixture.Shell($"cd '{tree}' && {Look}").Split('\n');
        // The object is one name more; what a directory's size is, is the file system's matter.
        Assert.Equal(wanted.Select(WithoutCounts), made.Select(WithoutCounts));
        Assert.Equal(_fixture.Shell("getfattr -dR -m - . 2>/dev/null | sort"), _fixture.Shell($"cd '{tree}' && getfattr -dR -m - . 2>/dev/null | sort"));
        Assert.DoesNotContain(_fixture.Store.Test(layer.Id).Findings, finding => finding.Severity == FindingSeverity.Error);
    }

    [LinuxFact]
    public void Objects_have_the_digests_that_sha256sum_computes()
    {
        MakeOneOfEach();

        var layer = _fixture.Commit();

        Assert.NotEmpty(_fixture.Objects());
        foreach (var line in _fixture.Shell($"sha256sum {string.Join(' ', _fixture.Objects())}").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.StartsWith(line[..64], Path.GetFileName(line[66..]), StringComparison.Ordinal);
        }

        var files = _fixture.Store.ReadFiles(layer.Id);
        foreach (var line in _fixture.Shell("find . -type f -exec sha256sum {} +").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(files.TryGet("{Root}" + line[67..], out var entry));
            Assert.Equal(line[..64], entry.Content.ToString());
        }
    }

    [LinuxFact]
    public void Layer_is_found_by_name_and_version_in_any_case_and_the_newest_without()
    {
        _fixture.WriteFile("a", "content");
        foreach (var version in (string[])["1.9", "1.10", "1.2"]) _fixture.Commit("Node", version);

        Assert.Equal("1.10", _fixture.Store.Find("node").Version);
        Assert.Equal("1.9", _fixture.Store.Find("NODE", "1.9").Version);
        Assert.Equal(["1.2", "1.9", "1.10"], _fixture.Store.List().Select(layer => layer.Version));
        Assert.Equal(VirtErrorCode.LayerNotFound, Assert.Throws<VirtException>(() => _fixture.Store.Find("node", "2")).Code);
        Assert.Equal(VirtErrorCode.LayerNameInUse, Assert.Throws<VirtException>(() => _fixture.Commit("node", "1.9")).Code);
        Assert.Equal(VirtErrorCode.LayerNotFound, Assert.Throws<VirtException>(() => _fixture.Store.Get(Guid.NewGuid())).Code);
    }

    [LinuxFact]
    public void Layers_share_what_is_equal_in_everything_and_never_within_one_layer()
    {
        _fixture.Shell("echo same > one; cp -a one two; echo same > other; touch -d 2001-01-01 other; mkdir d; ln one d/linked");

        var first = _fixture.Store.TreeDirectory(_fixture.Commit("app", "1").Id);
        var second = _fixture.Store.TreeDirectory(_fixture.Commit("app", "2").Id);

        string Inode(string tree, string name) => _fixture.Shell($"stat -c %i '{tree}/{name}'");
        // Of two that are equal in everything each shares one of the two objects.
        Assert.Equal(new[] { "one", "two" }.Select(name => Inode(first, name)).Order(), new[] { "one", "two" }.Select(name => Inode(second, name)).Order());
        Assert.Equal(Inode(first, "other"), Inode(second, "other"));
        Assert.Equal(3, new[] { "one", "two", "other" }.Select(name => Inode(first, name)).Distinct().Count());
        Assert.Equal(Inode(first, "one"), Inode(first, "d/linked"));
        Assert.Equal(3, _fixture.Objects().Length);
    }

    [LinuxFact]
    public void Equal_files_of_a_layer_never_share_an_inode_though_half_of_their_objects_are_gone()
    {
        const int Count = 1500;
        _fixture.Shell($"for i in $(seq {Count}); do echo same > f$i; done; touch -d 2001-01-01 f*");
        _fixture.Commit("app", "1");
        Thread.Sleep(StatCache.Margin + TimeSpan.FromMilliseconds(100));    // from then on what is known of them is trusted
        _fixture.Commit("app", "2");
        foreach (var one in _fixture.Objects().Where((_, index) => index % 2 == 0)) File.Delete(one);

        var tree = _fixture.Store.TreeDirectory(_fixture.Commit("app", "3").Id);
        Assert.Equal($"{Count}\n", _fixture.Shell($"cd '{tree}'; stat -c %i f* | sort -u | wc -l"));
    }

    [LinuxFact]
    public void Same_content_has_the_same_digest_whoever_commits_it_and_any_change_another()
    {
        _fixture.Shell("echo a > f; mkdir d; touch -d 2020-02-02 f d .");
        var registry = SomeRegistry();
        var digest = _fixture.Commit("app", "1", registry).Digest;
        using var other = new StoreFixture();
        other.Shell($"cp -a '{_fixture.Source}/.' .");

        Assert.Equal(digest, other.Commit("another", "7", registry).Digest);
        var digests = new HashSet<string> { digest };
        string[] changes = ["touch -d 2020-02-03 f", "chmod 600 f", "echo b > f; touch -d 2020-02-03 f", "setfattr -n user.x -v y f", "mv f g; touch -d 2020-02-02 ."];
        for (var i = 0; i < changes.Length; i++)
        {
            other.Shell(changes[i]);
            Assert.True(digests.Add(other.Commit("another", $"8.{i}", registry).Digest), changes[i]);
        }

        registry.Create(@"Machine\Software\Demo").Set(new("New", RegistryValueType.Dword, new byte[4]));
        Assert.True(digests.Add(other.Commit("another", "9", registry).Digest));
    }

    [LinuxFact]
    public void Registry_comes_back_as_it_was()
    {
        _fixture.WriteFile("a", "content");

        var layer = _fixture.Commit("app", "1", SomeRegistry());

        var key = _fixture.Store.ReadRegistry(layer.Id)!.Find(@"Machine\Software\Demo")!;
        Assert.True(key.TryGetValue("Answer", out var value));
        Assert.Equal(42, value.Data.Span[0]);
        Assert.Equal(LayerMark.Tombstone, _fixture.Store.ReadRegistry(layer.Id)!.Find(@"Machine\Software\Gone")!.Mark);
        Assert.Null(_fixture.Store.ReadRegistry(_fixture.Commit("bare").Id));
        if (ToolFactAttribute.IsThere("hivexsh"))
        {
            var output = _fixture.Shell($"printf 'cd Machine\\\\Software\\\\Demo\\nlsval\\n' | hivexsh '{layer.Directory}/registry.hiv'");
            Assert.Contains("\"Answer\"=dword:0000002a", output, StringComparison.Ordinal);
        }
    }

    [LinuxFact]
    public void Held_layer_stays_until_it_is_let_go()
    {
        _fixture.WriteFile("a", "content");
        var layer = _fixture.Commit();
        using (var hold = _fixture.Store.Hold([layer.Id, layer.Id]))
        {
            Assert.Equal([layer.Id], hold.Layers);
            Assert.True(_fixture.Store.IsHeld(layer.Id));
            using var second = _fixture.Store.Hold([layer.Id]);
            Assert.Equal(VirtErrorCode.LayerInUse, Assert.Throws<VirtException>(() => _fixture.Store.Remove(layer.Id)).Code);
            Assert.Equal(new CollectionResult(0, 0, 0, 0), _fixture.Store.Collect());
        }

        Assert.False(_fixture.Store.IsHeld(layer.Id));
        _fixture.Store.Remove(layer.Id);
        Assert.Empty(_fixture.Store.List());
        Assert.Equal(VirtErrorCode.LayerNotFound, Assert.Throws<VirtException>(() => _fixture.Store.Hold([layer.Id])).Code);
        Assert.Equal(new CollectionResult(1, 7, 0, 0), _fixture.Store.Collect());
        Assert.Empty(_fixture.Objects());
    }

    [LinuxFact]
    public void Replaced_layer_is_gone_from_the_list_at_once_and_from_the_disk_when_nobody_holds_it()
    {
        _fixture.WriteFile("a", "old");
        var old = _fixture.Commit();
        _fixture.WriteFile("a", "new");
        LayerInfo made;
        using (_fixture.Store.Hold([old.Id]))
        {
            made = _fixture.Store.Commit(new(_fixture.Source), new("app", "1", LayerPlatform.Linux) { Replaces = old.Id });

            Assert.Equal(made.Id, Assert.Single(_fixture.Store.List()).Id);
            Assert.Equal("old", File.ReadAllText(Path.Combine(_fixture.Store.TreeDirectory(old.Id), "a")));
            _fixture.Store.Remove(made.Id);
            Assert.Empty(_fixture.Store.List());
        }

        Assert.Equal(1, _fixture.Store.Collect().Layers);
        Assert.Equal(VirtErrorCode.LayerNotFound, Assert.Throws<VirtException>(() => _fixture.Store.Get(old.Id)).Code);
    }

    [LinuxFact]
    public void Replacing_by_the_same_changes_nothing()
    {
        _fixture.WriteFile("a", "same");
        var old = _fixture.Commit("app", "1", SomeRegistry());

        var again = _fixture.Store.Commit(new(_fixture.Source) { Registry = SomeRegistry() }, new("app", "1", LayerPlatform.Linux) { Replaces = old.Id });

        Assert.Equal(old, again);
        Assert.Empty(_fixture.Left(".*"));
    }

    [LinuxFact]
    public void Consumed_source_becomes_the_tree_without_a_copy()
    {
        var large = new byte[3 << 20];
        new Random(1).NextBytes(large);
        File.WriteAllBytes(Path.Combine(_fixture.Source, "large"), large);
        _fixture.Shell("echo small > small; setfattr -n user.overlay.origin -v x small; mkdir d; setfattr -n user.overlay.opaque -v y d");
        var inodes = _fixture.Shell("stat -c %i large small");

        var layer = _fixture.Store.Commit(new(_fixture.Source) { IsConsumed = true }, new("app", "1", LayerPlatform.Linux));

        var tree = _fixture.Store.TreeDirectory(layer.Id);
        Assert.False(Directory.Exists(_fixture.Source));
        Assert.Equal(inodes, _fixture.Shell($"cd '{tree}' && stat -c %i large small"));
        Assert.DoesNotContain("origin", _fixture.Shell($"getfattr -d -m - '{tree}/small'"), StringComparison.Ordinal);
        Assert.True(_fixture.Store.Test(layer.Id).IsSound);
    }

    [LinuxFact]
    public void Cancelled_commit_leaves_nothing()
    {
        for (var i = 0; i < 100; i++) _fixture.WriteFile($"f{i}", $"{i}");
        using var cancelled = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => _fixture.Store.Commit(
            new(_fixture.Source), new("app", "1", LayerPlatform.Linux), new Immediately(_ => cancelled.Cancel()), cancelled.Token));

        Assert.Empty(_fixture.Left(".*"));
        Assert.Empty(_fixture.Objects());
        Assert.Empty(_fixture.Store.List());
    }

    [LinuxFact]
    public void Unchanged_files_are_not_read_again_and_changed_ones_are()
    {
        _fixture.Shell("echo one > a; echo two > b; touch -d 2020-01-01 a b");
        _fixture.Commit("app", "1");
        // Young files are not trusted.
        Assert.Equal(0, Cached());
        Thread.Sleep(StatCache.Margin + TimeSpan.FromMilliseconds(100));
        _fixture.Commit("app", "2");
        Assert.Equal(2, Cached());

        // Whoever changes a file and sets its time back still changes its status.
        _fixture.Shell("echo won > a; touch -d 2020-01-01 a");
        var layer = _fixture.Commit("app", "3");

        Assert.Equal("won\n", File.ReadAllText(Path.Combine(_fixture.Store.TreeDirectory(layer.Id), "a")));
        int Cached() => StatCache.Read(Assert.Single(_fixture.Left("cache/*")), _fixture.Source).Count;
    }

    [LinuxFact]
    public void Damaged_layer_is_told_of_and_the_others_are_listed()
    {
        _fixture.WriteFile("a", "content");
        var damaged = _fixture.Commit("damaged");
        var sound = _fixture.Commit("sound");
        File.WriteAllText(Path.Combine(damaged.Directory, "layer.json"), "{\"formatVersion\": 99}");
        var told = new List<(string, VirtErrorCode)>();

        var listed = _fixture.Store.List((directory, e) => told.Add((directory, e.Code)));

        Assert.Equal(sound.Id, Assert.Single(listed).Id);
        Assert.Equal([(damaged.Directory, VirtErrorCode.StateFileTooNew)], told);
        File.AppendAllText(Path.Combine(sound.Directory, "files.jsonl"), "\n");
        Assert.Equal(VirtErrorCode.LayerDamaged, Assert.Throws<VirtException>(() => _fixture.Store.ReadFiles(sound.Id)).Code);
        _fixture.Store.Remove(damaged.Id);
    }

    private static RegistryKey SomeRegistry()
    {
        var root = new RegistryKey("");
        root.Create(@"Machine\Software\Demo").Set(new("Answer", RegistryValueType.Dword, new byte[] { 42, 0, 0, 0 }));
        root.Create(@"Machine\Software\Gone").Mark = LayerMark.Tombstone;
        return root;
    }

    private void MakeOneOfEach() => _fixture.Shell(
        """
        mkdir -p usr/bin usr/share/empty opt
        printf '#!/bin/sh\n' > usr/bin/run; chmod 4755 usr/bin/run; setcap cap_net_raw+ep usr/bin/run 2>/dev/null || true
        ln -s run usr/bin/link; ln -s /nowhere usr/bin/broken; touch -h -d 2011-11-11 usr/bin/link
        head -c 3000000 /dev/urandom > opt/large; head -c 1048576 /dev/urandom > opt/block; : > opt/nothing
        echo x > opt/name; ln opt/name opt/other-name; ln opt/name usr/third
        setfattr -n user.comment -v hello opt/name; setfattr -n user.comment -v dir opt; chmod 400 opt/name
        echo 'ü' > 'opt/ünïcode ☃'; chmod 2750 opt; chmod 1777 usr/share
        touch -d '1999-12-31 23:59:59.1234567' usr/bin/run; touch -d 2000-01-01 usr/share/empty usr opt
        """);

    private static string WithoutCounts(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? "" : parts[0] == "d" ? string.Join(' ', parts[..5].Append(parts[^1])) : string.Join(' ', parts[..^2].Append(parts[^1]));
    }

    private sealed class Immediately(Action<StoreProgress> told) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value)
        {
            if (value.Stage == StoreStage.Copying) told(value);
        }
    }
}
