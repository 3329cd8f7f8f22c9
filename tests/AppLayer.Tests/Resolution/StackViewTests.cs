using AppLayer.Applications;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using AppLayer.Resolution;
using AppLayer.Store;
using AppLayer.Tests.Store;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Resolution;

/// <summary>What is told of stacks whose layers are in a store, with an application over them and without.</summary>
public sealed class StackViewTests : IDisposable
{
    private readonly StoreFixture _store = new();
    private readonly LocalApplicationHost _host;

    public StackViewTests() => _host = new(_store.Root);

    public void Dispose() => _store.Dispose();

    [LinuxFact]
    public void Files_of_layers_come_from_the_first_that_has_them_or_from_the_system()
    {
        CommitLinux("low", ("opt/demo/bin/tool", "low"), ("opt/demo/share/text", "text"));
        CommitLinux("high", ("opt/demo/bin/tool", "higher"));
        var view = Open("high@1", "low@1");

        var tool = view.Resolve("/opt/demo/bin/tool");
        Assert.Equal(
            ("high@1", PartyKind.Layer, ResolvedKind.File, 6L, (string?)null, (PartyKind?)null),
            (tool.Winner, tool.WinnerKind, tool.Kind, tool.Length, tool.WritePath, tool.WriterKind));
        Assert.Equal("higher", File.ReadAllText(tool.ReadPath!));
        Assert.Equal(Environment.MachineName, tool.HostName);
        Assert.Equal("low@1", view.Resolve("{Root}/opt/demo/share/text").Winner);
        Assert.Equal((PartyKind.Base, ResolvedKind.File, "/etc/passwd"), Place(view.Resolve("/etc/passwd")));

        Assert.Equal(
            [("high@1", PartyRole.Gives), ("low@1", PartyRole.Hidden), ("base system", PartyRole.Absent)],
            view.Explain("/opt/demo/bin/tool").Select(party => (party.Party, party.Role)));
        Assert.Equal(VirtErrorCode.PathNotFound, Assert.Throws<VirtException>(() => view.Resolve("/opt/demo/nothing")).Code);
        Assert.Equal(VirtErrorCode.PathNotFound, Assert.Throws<VirtException>(() => view.Explain("/opt/demo/nothing")).Code);
        Assert.Equal(VirtErrorCode.ParameterInvalid, Assert.Throws<VirtException>(() => view.Resolve(@"HKLM\Software")).Code);
    }

    [LinuxFact]
    public void Listings_hold_what_the_layers_have_and_below_a_path_what_the_system_has_too()
    {
        CommitLinux("low", ("opt/demo/bin/tool", "low"), ("opt/demo/share/text", "text"), ("etc/demo.conf", ""));
        CommitLinux("high", ("opt/demo/bin/tool", "higher"));
        var view = Open("high@1", "low@1");

        Assert.Equal(
            [("/etc/demo.conf", "low@1"), ("/opt/demo/bin/tool", "high@1"), ("/opt/demo/share/text", "low@1")],
            view.ResolveLayers().Where(found => found.Kind == ResolvedKind.File).Select(found => (found.Path, found.Winner)));
        Assert.Equal(
            ["/opt/demo", "/opt/demo/bin", "/opt/demo/bin/tool", "/opt/demo/share", "/opt/demo/share/text"],
            view.ResolveBelow("/opt/demo").Select(found => found.Place));
        var etc = view.ResolveBelow("/etc").ToDictionary(found => found.Path, found => found.Winner);
        Assert.Equal(("low@1", "base system"), (etc["/etc/demo.conf"], etc["/etc/passwd"]));
    }

    [LinuxFact]
    public void A_directory_over_a_link_of_the_system_is_found_where_the_link_leads()
    {
        // On systems where /lib is a link; elsewhere it is a directory, and both paths are what they are.
        CommitLinux("low", ("lib/demo-of-a-test/module", "content"));
        var found = Open("low@1").Resolve("/lib/demo-of-a-test/module");
        Assert.Equal("low@1", found.Winner);
        Assert.Equal("content", File.ReadAllText(found.ReadPath!));
        Assert.Equal(new DirectoryInfo("/lib").LinkTarget is null ? "/lib/demo-of-a-test/module" : "/usr/lib/demo-of-a-test/module", found.Place);
    }

    [LinuxFact]
    public void What_an_application_wrote_and_its_rules_count()
    {
        CommitLinux("low", ("opt/demo/settings", "default"), ("opt/demo/data/file", "default"), ("opt/demo/text", "text"));
        var id = _host.Create(new()
        {
            Name = "demo", Layers = [new("low")], Command = "/opt/demo/tool", Rules = [new() { Path = "{Root}/opt/demo/data", Mode = IsolationMode.Data }],
        });
        var directory = Path.Combine(_store.Root.ApplicationsDirectory, id.ToString("N"));
        var before = _host.OpenView(id).Resolve("/opt/demo/settings");
        Assert.Equal(("low@1", PartyKind.Writable, _host.GetWritableTree(id) + "/opt/demo/settings"), (before.Winner, before.WriterKind!.Value, before.WritePath));
        Assert.False(Directory.Exists(_host.GetWritableTree(id)), "Asking has made something.");

        Write(before.WritePath!, "mine");
        Write(Path.Combine(directory, "d/u/opt/demo/data/file"), "kept");
        var view = _host.OpenView(id);
        Assert.Equal(PartyKind.Writable, view.Resolve("/opt/demo/settings").WinnerKind);
        var kept = view.Resolve("/opt/demo/data/file");
        Assert.Equal((PartyKind.Data, PartyKind.Data, IsolationMode.Data), (kept.WinnerKind, kept.WriterKind!.Value, kept.Mode));
        Assert.Equal((PartyKind.Base, IsolationMode.PassThrough, "/tmp"), (view.Resolve("/tmp").WinnerKind, view.Resolve("/tmp").Mode, view.Resolve("/tmp").WritePath));
        Assert.Equal(
            [("/opt/demo/data/file", PartyKind.Data), ("/opt/demo/settings", PartyKind.Writable), ("/opt/demo/text", PartyKind.Layer)],
            view.ResolveLayers().Where(found => found.Kind == ResolvedKind.File).Select(found => (found.Path, found.WinnerKind)));
    }

    [Fact]
    public void Windows_names_meet_in_any_case_and_the_registry_is_told_key_by_key()
    {
        CommitWindows("low", Tree(@"Machine\Software\Demo|Version=1", @"Machine\Software\Demo|Path={ProgramFiles}\Demo", @"Machine\Software\Gone|v=1"),
            "drive_c/Program Files/Demo/Tool.exe", "drive_c/Program Files/Demo/readme.txt");
        CommitWindows("high", Tree(@"Machine\Software\Demo|Version=22", @"-Machine\Software\Gone"), "drive_c/Program Files/demo/tool.exe");
        var view = Open("high@1", "low@1");

        var tool = view.Resolve(@"C:\PROGRAM FILES\demo\TOOL.EXE");
        Assert.Equal(("high@1", @"{ProgramFiles}\Demo\Tool.exe"), (tool.Winner, tool.Place));
        Assert.True(File.Exists(tool.ReadPath), $"'{tool.ReadPath}' is not there.");
        Assert.Equal("low@1", view.Resolve(@"{ProgramFiles}\Demo\readme.txt").Winner);

        var version = view.Resolve(@"HKLM\Software\Demo", "Version");
        Assert.Equal(("high@1", ResolvedKind.RegistryValue, 6L), (version.Winner, version.Kind, version.Length));
        Assert.Equal(("low@1", (long)(@"C:\Program Files\Demo".Length + 1) * 2), (view.Resolve(@"HKLM:\software\demo", "path").Winner, view.Resolve(@"HKLM:\software\demo", "path").Length));
        var gone = Assert.Throws<VirtException>(() => view.Resolve(@"HKLM\Software\Gone"));
        Assert.Equal(VirtErrorCode.PathNotFound, gone.Code);
        Assert.Contains("high@1", gone.Message, StringComparison.Ordinal);
        Assert.Contains((PartyRole.Deletes, "high@1"), view.Explain(@"HKLM\Software\Gone").Select(party => (party.Role, party.Party)));

        Assert.Equal(
            [
                (@"{ProgramFiles}\Demo\readme.txt", null, "low@1"), (@"{ProgramFiles}\Demo\Tool.exe", null, "high@1"),
                (@"HKLM\Software\Demo", "Version", "high@1"), (@"HKLM\Software\Demo", "Path", "low@1"),
            ],
            view.ResolveLayers().Where(found => found.Kind is ResolvedKind.File or ResolvedKind.RegistryValue)
                .Select(found => (found.Path, found.Value, found.Winner)));
        Assert.Equal(
            [null, "Path", "Version"], view.ResolveBelow(@"HKLM\Software\Demo").Select(found => found.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Registry_entries_that_a_Windows_application_wrote_come_from_its_writable_layer()
    {
        CommitWindows("low", Tree(@"Machine\Software\Demo|Version=1"), "drive_c/Program Files/Demo/Tool.exe");
        var id = _host.Create(new() { Name = "demo", Layers = [new("low")], Command = @"{ProgramFiles}\Demo\Tool.exe" });
        var directory = Path.Combine(_store.Root.ApplicationsDirectory, id.ToString("N"));
        Directory.CreateDirectory(Path.Combine(directory, "w"));
        File.WriteAllBytes(Path.Combine(directory, "w/registry.hiv"), HiveFile.ToBytes(Tree(@"Machine\Software\Demo|Seen=yes")).ToArray());

        var view = _host.OpenView(id);
        Assert.Equal(PartyKind.Writable, view.Resolve(@"HKLM\Software\Demo", "Seen").WinnerKind);
        Assert.Equal(("low@1", PartyKind.Writable), (view.Resolve(@"HKLM\Software\Demo", "Version").Winner, view.Resolve(@"HKLM\Software\Demo", "Version").WriterKind!.Value));
    }

    [LinuxFact]
    public void Conflicts_of_layers_are_found_in_the_store()
    {
        CommitLinux("low", ("opt/demo/tool", "low"), ("opt/demo/same", "same"));
        CommitLinux("high", ("opt/demo/tool", "high"), ("opt/demo/same", "same"));
        var conflict = Assert.Single(_host.FindConflicts([new("high"), new("low")]));
        Assert.Equal(("{Root}/opt/demo/tool", "high@1", "low@1"), (conflict.Path, conflict.Winner, conflict.Loser));
        CommitWindows("other", null, "drive_c/Program Files/x");
        Assert.Equal(VirtErrorCode.SpecInvalid, Assert.Throws<VirtException>(() => _host.FindConflicts([new("high"), new("other")])).Code);
        Assert.Equal(VirtErrorCode.LayerNotFound, Assert.Throws<VirtException>(() => Open("nobody@1")).Code);
    }

    private StackView Open(params string[] layers) => _host.OpenView([.. layers.Select(LayerReference.Parse)]);

    private static (PartyKind Kind, ResolvedKind What, string Path) Place(ResolvedPath found) => (found.WinnerKind, found.Kind, found.ReadPath!);

    private static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private void CommitLinux(string name, params (string Place, string Content)[] files)
    {
        foreach (var (place, content) in files)
        {
            _store.WriteFile($"{name}/{place}", content);
        }

        _store.Store.Commit(new(Path.Combine(_store.Source, name)), new LayerIdentity(name, "1", LayerPlatform.Linux));
    }

    private void CommitWindows(string name, RegistryKey? registry, params string[] places)
    {
        foreach (var place in places)
        {
            _store.WriteFile($"{name}/{place}", name);
        }

        _store.Store.Commit(new(Path.Combine(_store.Source, name)) { Registry = registry }, new LayerIdentity(name, "1", LayerPlatform.Windows));
    }
}
