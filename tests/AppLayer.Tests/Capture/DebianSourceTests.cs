using AppLayer.Capture;
using AppLayer.Capture.Sources;
using AppLayer.Files;
using AppLayer.Store;
using AppLayer.Tests.Registry.Text;
using VirtFoundation;
using VirtFoundation.Packages;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Layers of Debian packages, against what dpkg itself unpacks.</summary>
public sealed class DebianSourceTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly VirtRoot _root;
    private readonly LayerStore _store;

    public DebianSourceTests()
    {
        _root = VirtRoot.At(_folder["home"]);
        _store = new(_root);
    }

    public void Dispose() => Tool.Run("rm", ["-rf", _folder.Path]);

    [ToolFact("dpkg-deb")]
    public async Task A_layer_of_a_package_is_what_dpkg_unpacks()
    {
        var package = BuildOf("tool", "usr/share/tool/a=1", "usr/share/tool/deep/b=2", "usr/lib/tool.so=x", "etc/tool.conf=c");
        var result = await Make(package);
        Assert.Empty(result.Problems);
        Tool.Run("dpkg-deb", ["-x", package, _folder["peer"]]);
        Assert.Equal(List(_folder["peer"]), List(_store.TreeDirectory(result.Layer.Id)));
        Assert.Equal(["tool 1.0-1"], result.Packages!.Packages);
    }

    [ToolFact("dpkg-deb")]
    public async Task A_package_of_the_archive_comes_by_its_name()
    {
        var source = new AptPackageSource(_folder.Path);
        try
        {
            Assert.NotNull(source.Find("hello", default));
        }
        catch (PackageSourceException)
        {
            return; // Without an archive there is nothing to compare with.
        }

        var result = await Make("hello");
        var file = source.Download(source.Find("hello", default)!, _folder.Path, default);
        Tool.Run("dpkg-deb", ["-x", file, _folder["peer"]]);
        Assert.Equal(List(_folder["peer"]), List(_store.TreeDirectory(result.Layer.Id)));
        Assert.StartsWith("hello ", Assert.Single(result.Packages!.Packages));
        Assert.Empty(result.Packages.MissingDependencies);
    }

    [ToolFact("dpkg-deb")]
    public async Task Modes_owners_and_all_kinds_of_links_are_kept()
    {
        var package = Build("links", prepare: """
            mkdir -p usr/bin usr/share/l; echo x > usr/bin/run; chmod 4755 usr/bin/run; ln usr/bin/run usr/bin/other
            ln -s ../../bin/run usr/share/l/rel; ln -s /etc/abs usr/share/l/abs; chmod 2770 usr/share/l; touch -d 2001-02-03 usr/bin/run
            chown 0:42 usr/share/l 2>/dev/null || true
            """);
        var result = await Make(package);
        Tool.Run("dpkg-deb", ["-x", package, _folder["peer"]]);
        Assert.Equal(List(_folder["peer"]), List(_store.TreeDirectory(result.Layer.Id)));
        var files = _store.ReadFiles(result.Layer.Id);
        Assert.True(files.TryGet("{Root}/usr/bin/run", out var run) && files.TryGet("{Root}/usr/bin/other", out var other) && run.HardLink == other.HardLink && run.HardLink > 0);
        Assert.True(files.TryGet("{Root}", out var root) && root.Mode == 0x1ed);
    }

    [ToolFact("dpkg-deb")]
    public async Task What_is_not_fetched_and_not_run_is_told()
    {
        var package = Build("needy", control: "Depends: libc6 (>= 2), no-such-thing | nor-this (= 1), sibling:any, virtual-one\nPre-Depends: no-such-base\n", prepare: """
            mkdir -p usr/share; echo 1 > usr/share/n; printf '#!/bin/sh\ntouch /ran-postinst\n' > DEBIAN/postinst; chmod 755 DEBIAN/postinst
            """);
        var sibling = BuildOf("sibling", "usr/share/s=1");
        var provider = Build("provider", control: "Provides: virtual-one (= 3)\n", prepare: "mkdir -p usr/share; echo 1 > usr/share/p");
        var result = await Make(package, sibling, provider);
        Assert.Equal(["needy: no-such-base", "needy: no-such-thing | nor-this"], result.Packages!.MissingDependencies);
        Assert.Equal(["needy: postinst"], result.Packages.ScriptsNotRun);
        Assert.False(File.Exists("/ran-postinst"));
    }

    [ToolFact("dpkg-deb")]
    public void Files_of_directories_that_the_system_has_merged_go_where_the_links_lead()
    {
        var system = Directory.CreateDirectory(_folder["system"]).FullName;
        foreach (var name in (string[])["bin", "lib"])
        {
            Directory.CreateDirectory(Path.Combine(system, "usr", name));
            File.CreateSymbolicLink(Path.Combine(system, name), $"usr/{name}");
        }

        Directory.CreateDirectory(Path.Combine(system, "sbin"));
        var package = BuildOf("merged", "bin/a=1", "lib/x/b=1", "sbin/c=1", "usr/bin/d=1");
        var tree = _folder["tree"];
        new DebianSource(new AptPackageSource(_folder.Path), _folder.Path, system).Write(
            [package], new(tree, LayerPlatform.Linux, StoreOperations.Instance), null, default);
        Assert.Equal(
            ["sbin/c", "usr/bin/a", "usr/bin/d", "usr/lib/x/b"],
            FileScanner.Scan(tree, LayerPlatform.Linux).Files.Entries.Where(entry => entry.Kind == FileKind.File).Select(entry => LayerLayout.Linux.PlaceOf(entry.Path)));
    }

    [ToolFact("dpkg-deb")]
    public async Task Two_packages_with_one_file_are_refused_by_name()
    {
        var error = await Assert.ThrowsAsync<VirtException>(() => Make(BuildOf("one", "usr/share/same=1"), BuildOf("two", "usr/share/same=2")));
        Assert.Equal(VirtErrorCode.LayerInvalid, error.Code);
        Assert.Contains("'/usr/share/same' is in the package two and in one", error.Message, StringComparison.Ordinal);
        Assert.Empty(_store.List());
    }

    [ToolFact("ar")]
    public async Task A_package_that_wants_out_of_its_tree_is_refused()
    {
        var outside = Directory.CreateDirectory(_folder["outside"]).FullName;
        foreach (var build in (string[])[
            $"ln -s {outside} usr; tar cf ../data.tar usr; rm usr; mkdir usr; echo x > usr/planted; tar rf ../data.tar usr/planted",
            "echo x > x; tar cPf ../data.tar --transform 's,x,../planted,' x",
            "mkdir a; echo x > a/x; ln a/x a/y; tar cPf ../data.tar --transform 's,^a/y$,../../etc/hostname,Rh' a/y a/x",
            "mkdir usr; mkfifo usr/pipe; echo x > usr/x; tar cf ../data.tar usr/x usr/x",
        ])
        {
            var place = Directory.CreateDirectory(_folder[$"h{Guid.NewGuid():N}"]).FullName;
            Tool.Run("bash", ["-ec", $"""
                cd {place}; mkdir work; cd work; {build}; cd ..
                printf 'Package: bad\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' > control; tar cf control.tar ./control
                echo 2.0 > debian-binary; ar rc bad.deb debian-binary control.tar data.tar
                """]);
            var error = await Assert.ThrowsAsync<VirtException>(() => Make(Path.Combine(place, "bad.deb")));
            Assert.True(error.Code is VirtErrorCode.CaptureFailed or VirtErrorCode.LayerInvalid, error.Message);
            Assert.Empty(Directory.GetFileSystemEntries(outside));
            Assert.Empty(_store.List());
            Assert.Empty(Directory.GetDirectories(Path.Combine(_root.Directory, "captures")));
        }
    }

    [ToolFact("dpkg-deb")]
    public async Task Devices_and_pipes_are_left_out_and_told()
    {
        var result = await Make(Build("special", prepare: "mkdir -p usr/share; mkfifo usr/share/pipe; echo 1 > usr/share/file"));
        Assert.StartsWith("{Root}/usr/share/pipe: ", Assert.Single(result.Problems));
        Assert.Equal(1, result.Layer.Files);
    }

    [ToolFact("dpkg-deb")]
    public async Task What_is_no_package_is_told_as_that()
    {
        var file = _folder.Write("x.deb", "no package"u8.ToArray());
        Assert.Equal(VirtErrorCode.CaptureFailed, (await Assert.ThrowsAsync<VirtException>(() => Make(file))).Code);
        Assert.Equal(VirtErrorCode.FileNotFound, (await Assert.ThrowsAsync<VirtException>(() => Make(_folder["missing.deb"]))).Code);
    }

    /// <summary>What find sees, so that no code of ours takes part.</summary>
    private static string List(string directory) => Tool.Run("bash", ["-c",
        "cd \"$0\" && find . -mindepth 1 -printf '%p %y %m %U:%G %l %TY-%Tm-%Td %TH:%TM\\n' | LC_ALL=C sort "
        + "&& find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum", directory]);

    private Task<CaptureResult> Make(params string[] packages) => new LayerMaker(_root).MakeAsync(new()
    {
        Name = "packages", Platform = LayerPlatform.Linux, From = new() { Packages = [.. packages] },
    });

    private string BuildOf(string name, params string[] files) =>
        Build(name, "", string.Join('\n', files.Select(file => file.Split('=')).Select(file => $"mkdir -p \"$(dirname {file[0]})\"; echo {file[1]} > {file[0]}")));

    private string Build(string name, string control = "", string prepare = "")
    {
        var place = Directory.CreateDirectory(_folder[name]).FullName;
        Tool.Run("bash", ["-ec", $"""
            cd {place}; mkdir DEBIAN
            {prepare}
            cat > DEBIAN/control <<'X'
            Package: {name}
            Version: 1.0-1
            Architecture: all
            Maintainer: Demo <demo@example.org>
            {control.TrimEnd()}
            Description: demo
            X
            sed -i '/^$/d' DEBIAN/control
            dpkg-deb --build {place} {place}.deb >/dev/null 2>&1
            """]);
        return place + ".deb";
    }
}
