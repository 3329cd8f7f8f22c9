using System.Text;
using AppLayer.Capture;
using AppLayer.Registry;
using AppLayer.Store;
using AppLayer.Tests.Registry.Text;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Layers of directories and registry files.</summary>
public sealed class LayerSourcesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly VirtRoot _root;
    private readonly LayerStore _store;

    public LayerSourcesTests()
    {
        _root = VirtRoot.At(_folder["home"]);
        _store = new(_root);
        Directory.CreateDirectory(_folder["files/sub/empty"]);
        File.WriteAllText(_folder["files/sub/a.txt"], "a");
        File.WriteAllText(_folder["files/b.log"], "b");
    }

    public void Dispose() => Tool.Run("rm", ["-rf", _folder.Path]);

    [LinuxFact]
    public async Task A_directory_is_put_at_its_target_but_for_what_the_spec_leaves_out()
    {
        var result = await Make(LayerPlatform.Windows, new() { Directory = _folder["files"], Target = @"{ProgramFiles}\Demo" }, new() { Exclude = ["**/*.log"] });
        Assert.Equal(
            ["{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/sub", "{ProgramFiles}/Demo/sub/a.txt", "{ProgramFiles}/Demo/sub/empty", "{SystemDrive}"],
            _store.ReadFiles(result.Layer.Id).Entries.Select(entry => entry.Path));
        Assert.Equal(["{ProgramFiles}/Demo/b.log"], Assert.Single(result.Removed).Places);
        Assert.Equal("a", File.ReadAllText(Path.Combine(_store.TreeDirectory(result.Layer.Id), "drive_c/Program Files/Demo/sub/a.txt")));
        Assert.True(File.Exists(_folder["files/sub/a.txt"]));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_root.Directory, "captures")));
    }

    [LinuxFact]
    public async Task Built_in_rules_leave_described_content_alone()
    {
        Directory.CreateDirectory(_folder["files/var/log/app"]);
        var result = await Make(LayerPlatform.Linux, new() { Directory = _folder["files"] });
        var files = _store.ReadFiles(result.Layer.Id);
        Assert.True(files.TryGet("{Root}/var/log/app", out _));

        // The source is its owner's alone; a root directory like that would shut everybody else out.
        Assert.True(files.TryGet("{Root}", out var root) && root.Mode == 0x1ed);
    }

    [LinuxFact]
    public async Task The_same_content_makes_the_same_layer()
    {
        var first = await Make(LayerPlatform.Linux, new() { Directory = _folder["files"], Target = "{Root}/opt/demo" }, name: "one");
        var second = await Make(LayerPlatform.Linux, new() { Directory = _folder["files"], Target = "{Root}/opt/demo" }, name: "two");
        Assert.Equal(first.Layer.Digest, second.Layer.Digest);
    }

    [LinuxFact]
    public async Task A_registry_file_becomes_entries_with_paths_as_tokens()
    {
        File.WriteAllText(_folder["demo.reg"], """
            Windows Registry Editor Version 5.00

            [HKEY_LOCAL_MACHINE\Software\Demo]
            "Path"="C:\\Program Files\\Demo"
            "Old"=-

            [HKEY_CLASSES_ROOT\.demo]
            @="Demo.File"

            [HKEY_CURRENT_USER\Software\Demo]
            "Home"="C:\\users\\user"

            [HKEY_USERS\.DEFAULT\Software\Demo]
            "Number"=dword:00000007

            [-HKEY_LOCAL_MACHINE\Software\Gone]
            """, Encoding.Unicode);
        var result = await Make(LayerPlatform.Windows, new() { RegistryFile = _folder["demo.reg"] });
        var registry = _store.ReadRegistry(result.Layer.Id)!;
        Assert.Equal("{ProgramFiles}\\Demo\0", Text(registry, @"Machine\Software\Demo", "Path"));
        Assert.True(registry.Find(@"Machine\Software\Demo")!.TryGetValue("Old", out var old) && old.IsTombstone);
        Assert.Equal("Demo.File\0", Text(registry, @"Machine\Software\Classes\.demo", ""));
        Assert.Equal("{Profile}\0", Text(registry, @"CurrentUser\Software\Demo", "Home"));
        Assert.NotNull(registry.Find(@"DefaultUser\Software\Demo"));
        Assert.Equal(LayerMark.Tombstone, registry.Find(@"Machine\Software\Gone")!.Mark);

        static string Text(RegistryKey registry, string key, string name) =>
            registry.Find(key)!.TryGetValue(name, out var value) ? Encoding.Unicode.GetString(value.Data.Span) : "";
    }

    [LinuxFact]
    public async Task What_cannot_be_a_source_is_told()
    {
        await Expect(VirtErrorCode.FileNotFound, new() { Directory = _folder["no"] });
        await Expect(VirtErrorCode.SpecInvalid, new() { Directory = _folder["files"], Target = @"{Root}\x" });
        await Expect(VirtErrorCode.FileNotFound, new() { RegistryFile = _folder["no.reg"] });
        File.WriteAllText(_folder["bad.reg"], "nonsense");
        await Expect(VirtErrorCode.LayerInvalid, new() { RegistryFile = _folder["bad.reg"] });
        File.WriteAllText(_folder["other.reg"], "Windows Registry Editor Version 5.00\n\n[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software]\n\"a\"=\"b\"\n");
        await Expect(VirtErrorCode.LayerInvalid, new() { RegistryFile = _folder["other.reg"] });
        var spec = new Layer { Name = "a", Platform = LayerPlatform.Windows, From = new() { Directory = _folder["files"] } };
        var error = await Assert.ThrowsAsync<VirtException>(() => new LayerMaker(_root).MakeAsync(spec, new() { Updates = Guid.NewGuid() }));
        Assert.Equal(VirtErrorCode.ParameterInvalid, error.Code);
        Assert.Empty(_store.List());

        async Task Expect(VirtErrorCode code, LayerSource from) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<VirtException>(() => Make(LayerPlatform.Windows, from))).Code);
    }

    [LinuxFact]
    public async Task Whatever_step_fails_there_is_the_layer_or_nothing()
    {
        var spec = new Layer { Name = "a", Platform = LayerPlatform.Linux, From = new() { Directory = _folder["files"] } };
        for (var step = 1; ; step++)
        {
            var operations = new FailingStoreOperations((_, number) => number == step);
            var maker = new LayerMaker(_root, operations, static _ => throw new InvalidOperationException());
            var error = await Record.ExceptionAsync(() => maker.MakeAsync(spec));
            if (!operations.Failed)
            {
                Assert.Null(error);
                Assert.True(step > 20, $"{step}");
                break;
            }

            Assert.True(error is null or VirtException, $"{operations.Steps[^1]}: {error}");
            foreach (var layer in _store.List())
            {
                Assert.Empty(_store.Test(layer.Id).Findings);
                _store.Remove(layer.Id);
            }
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(_root.Directory, "captures")));
    }

    private Task<CaptureResult> Make(LayerPlatform platform, LayerSource from, LayerRules? rules = null, string name = "demo") =>
        new LayerMaker(_root).MakeAsync(new() { Name = name, Platform = platform, From = from, Rules = rules ?? new() });
}
