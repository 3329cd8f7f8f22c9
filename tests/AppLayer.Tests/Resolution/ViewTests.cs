using System.Runtime.Versioning;
using AppLayer.Mounting;
using AppLayer.Resolution;
using AppLayer.Tests.Mounting;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Launching;
using VirtSpecs;

namespace AppLayer.Tests.Resolution;

[SupportedOSPlatform("linux")]
public class ViewTests
{
    public static TheoryData<bool> Users => InNamespace.Users;

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void A_program_sees_the_whole_system_through_its_layers_and_changes_none_of_it(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("l/1/usr/share/demo/both", "one");
        scratch.Write("l/2/usr/share/demo/both", "two");
        scratch.Write("l/2/opt/demo/bin/run", "#!/bin/sh\ncat /usr/share/demo/both; echo written > /usr/share/demo/new; mkdir /made\n");
        foreach (var name in (string[])["v", "w/u", "w/k", "d/u", "d/k", "home/.config", "home/docs"]) scratch.Make(name);
        InNamespace.RunTool("chmod", "-R", "a+rX,u+x", scratch.Path);
        InNamespace.RunTool("chmod", "a+x", Path.Combine(scratch.Path, "l/2/opt/demo/bin/run"));
        InNamespace.Run(asRoot, scratch.Path, SeeTheSystem, [scratch.Path, asRoot ? "root" : "user"]);

        Assert.Equal("written\n", File.ReadAllText(Path.Combine(scratch.Path, "w/u/usr/share/demo/new")));
        Assert.True(Directory.Exists(Path.Combine(scratch.Path, "w/u/made")));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(scratch.Path, "d/u/opt/demo/state/file")));
        Assert.Equal("document", File.ReadAllText(Path.Combine(scratch.Path, "home/docs/file")));
        Assert.False(File.Exists(Path.Combine(scratch.Path, "home/.config/demo")));
        Assert.False(Directory.Exists("/usr/share/demo"));
        Assert.False(Directory.Exists("/opt/demo"));
        Assert.False(Directory.Exists("/made"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scratch.Path, "v")));
    }

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void A_prefix_shows_the_documents_of_the_user_and_keeps_changes_in_memory(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("base/system.reg", "WINE REGISTRY Version 2");
        scratch.Write("base/drive_c/users/user/Documents/old", "base");
        scratch.Write("base/drive_c/secret/of-the-system", "base");
        scratch.Write("l/1/drive_c/Program Files/demo/demo.exe", "demo");
        scratch.Write("l/1/drive_c/secret/of-the-layer", "layer");
        scratch.Write("documents/letter", "letter");
        scratch.Write("music/song", "song");
        scratch.Make("v");

        // Wine links such folders to the user's.
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "base/drive_c/users/user/Music"), "/etc");
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "base/drive_c/users/user/Videos"), "/etc");
        InNamespace.Run(asRoot, scratch.Path, SeeThePrefix, [scratch.Path, asRoot ? "root" : "user"]);
        Assert.Equal("new", File.ReadAllText(Path.Combine(scratch.Path, "documents/new")));
        Assert.Equal(["old"], Directory.GetFiles(Path.Combine(scratch.Path, "base/drive_c/users/user/Documents")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scratch.Path, "v")));
    }

    [NamespaceFact]
    public void A_view_that_can_not_be_made_leaves_no_mount()
    {
        using var scratch = new Scratch();
        foreach (var name in (string[])["v", "w/u", "w/k", "base/a"]) scratch.Make(name);
        InNamespace.Run(InNamespace.Users.Count > 1, scratch.Path, Fail, [scratch.Path]);
    }

    [Fact]
    public void A_link_of_a_layer_moves_no_rule_elsewhere()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var scratch = new Scratch();
        foreach (var name in (string[])["base/shared", "base/etc", "base/real", "l/1", "l/2/real"]) scratch.Make(name);
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "base/link"), "real");
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "l/1/shared"), "etc");
        var request = Request(scratch.Path, LayerPlatform.Linux, Path.Combine(scratch.Path, "base"), ["1"], "root");
        var refused = Assert.Throws<VirtException>(() => ViewPlan.Create(request with { Rules = [Rule("/shared", IsolationMode.PassThrough)] }));
        Assert.Contains("1 has a link at 'shared'", refused.Message, StringComparison.Ordinal);
        var below = ViewPlan.Create(request with { Rules = [Rule("/shared/deep", IsolationMode.PassThrough)] });
        Assert.Single(below.Regions);
        Assert.Contains("1 has a link at 'shared'", Assert.Single(below.Notes), StringComparison.Ordinal);
        Assert.StartsWith("'/shared/deep' is not passed through: ", Assert.Single(below.Notes), StringComparison.Ordinal);
        Assert.Empty(ViewPlan.Create(request with { Defaults = [Rule("/shared/deep", IsolationMode.PassThrough)] }).Notes);

        // The base's own link is the system's word.
        var followed = ViewPlan.Create(request with { Rules = [Rule("/link", IsolationMode.PassThrough)] });
        Assert.Equal(["", "real"], followed.Regions.Select(region => region.Place));
        var circle = Path.Combine(scratch.Path, "base/circle");
        File.CreateSymbolicLink(circle, "circle");
        Assert.Throws<VirtException>(() => new LayerResolver(followed).Resolve("/circle/x"));
    }

    internal static ViewRequest Request(string root, LayerPlatform platform, string baseDirectory, IEnumerable<string> layers, string who) => new()
    {
        Platform = platform,
        Base = baseDirectory,
        BaseFiles = new LiveFiles(baseDirectory, platform),
        Layers = [.. layers.Select(layer => new ViewLayer(layer, Path.Combine(root, "l", layer), new LiveFiles(Path.Combine(root, "l", layer), platform)))],
        Writable = new(Path.Combine(root, "w/u"), Path.Combine(root, "w/k")),
        Data = new(Path.Combine(root, "d/u"), Path.Combine(root, "d/k")),
        Target = Path.Combine(root, "v"),
        IsUserNamespace = who == "user",
    };

    private static IsolationRule Rule(string path, IsolationMode mode) => new() { Path = path, Mode = mode };

    private static void SeeTheSystem(string root, string who)
    {
        var home = Path.Combine(root, "home");
        var request = Request(root, LayerPlatform.Linux, "/", ["1", "2"], who) with
        {
            BaseMounts = MountInfo.Points(),
            Rules = [.. ViewRules.Defaults(LayerPlatform.Linux, home), Rule("{Root}/opt/demo/state", IsolationMode.Data), Rule("{Root}/usr/share/doc", IsolationMode.Hide)],
        };
        var plan = ViewPlan.Create(request);
        ViewMounts.Apply(plan);
        var kind = who == "root" ? NamespaceKind.Root : NamespaceKind.User;
        Assert.Equal("one", Run("/opt/demo/bin/run"));
        Assert.Equal("kept", Run("/bin/sh", "-c", "printf kept > /opt/demo/state/file; cat /opt/demo/state/file"));
        Assert.Equal("config", Run("/bin/sh", "-c", $"printf document > {home}/docs/file; printf config > {home}/.config/demo; cat {home}/.config/demo"));
        Assert.Equal("", Run("/bin/ls", "/usr/share/doc"));
        Assert.NotEqual("", Run("/bin/ls", "/proc/self"));
        Assert.Contains("root", Run("/bin/cat", "/etc/passwd"), StringComparison.Ordinal);
        Assert.Equal("0", Run("/bin/sh", "-c", "echo x > /dev/null; printf $?"));

        var resolver = new LayerResolver(plan);
        var both = resolver.Resolve("/usr/share/demo/both");
        Assert.Equal(("1", PartyRole.Gives, PartyRole.Hidden), (both.Winner, both.Parties[2].Role, both.Parties[3].Role));
        Assert.Equal(Path.Combine(root, "w/u/usr/share/demo/both"), both.WritePath);
        Assert.Equal(Path.Combine(root, "d/u/opt/demo/state/file"), resolver.Resolve("{Root}/opt/demo/state/file").ReadPath);
        Assert.Equal(Path.Combine(home, "docs/file"), resolver.Resolve(home + "/docs/file").WritePath);
        Assert.Equal("usr/bin/sh", resolver.Resolve("/bin/sh", openLink: true).Place);
        Assert.Equal("base system", resolver.Resolve("/bin/sh").Winner);
        Assert.False(resolver.Resolve("/usr/share/doc/bash").Exists);
        ViewMounts.Remove(plan);
        Assert.Empty(Directory.GetFileSystemEntries(plan.Target));

        string Run(string program, params string[] arguments)
        {
            var command = NamespaceCommand.InView(new WorkerCommand(program, arguments), kind, plan.Root, "/");
            return InNamespace.RunTool(command.Program, [.. command.Arguments]).TrimEnd('\n');
        }
    }

    private static void SeeThePrefix(string root, string who)
    {
        var request = Request(root, LayerPlatform.Windows, Path.Combine(root, "base"), ["1"], who) with
        {
            Writable = null,
            Data = null,
            HostFolders = new Dictionary<string, string> { ["{Documents}"] = Path.Combine(root, "documents"), ["{Music}"] = Path.Combine(root, "music") },
            Rules = [.. ViewRules.Defaults(LayerPlatform.Windows, null), Rule(@"C:\SECRET", IsolationMode.Hide)],
        };
        var plan = ViewPlan.Create(request);
        Assert.Contains(plan.Notes, note => note.Contains("Desktop", StringComparison.Ordinal));
        try
        {
            ViewMounts.Apply(plan);
        }
        catch (VirtException e) when (Environment.OSVersion.Version < new Version(6, 6))
        {
            Assert.Contains("6.6", e.Message, StringComparison.Ordinal);
            return;
        }

        var prefix = plan.Root;
        Assert.Contains(plan.Notes, note => note.Contains("Videos", StringComparison.Ordinal));
        Assert.Equal(["song"], Directory.GetFiles(Path.Combine(prefix, "drive_c/users/user/Music")).Select(Path.GetFileName));
        Assert.Equal("/etc/passwd", new LayerResolver(plan).Resolve(@"{Videos}\passwd").ReadPath);
        Assert.Equal("demo", File.ReadAllText(Path.Combine(prefix, "drive_c/Program Files/demo/demo.exe")));
        Assert.Equal("letter", File.ReadAllText(Path.Combine(prefix, "drive_c/users/user/Documents/letter")));
        Assert.Equal(["of-the-layer"], Directory.GetFiles(Path.Combine(prefix, "drive_c/secret")).Select(Path.GetFileName));
        File.WriteAllText(Path.Combine(prefix, "drive_c/users/user/Documents/new"), "new");
        File.WriteAllText(Path.Combine(prefix, "system.reg"), "changed");
        Directory.Delete(Path.Combine(prefix, "drive_c/Program Files/demo"), recursive: true);
        Directory.CreateDirectory(Path.Combine(prefix, "drive_c/Program Files/demo"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(prefix, "drive_c/Program Files/demo")));
        ViewMounts.Remove(plan);
        Assert.Equal("WINE REGISTRY Version 2", File.ReadAllText(Path.Combine(root, "base/system.reg")));
    }

    private static void Fail(string root)
    {
        var request = Request(root, LayerPlatform.Linux, Path.Combine(root, "base"), [], Libc.Geteuid() == 0 ? "root" : "user") with
        {
            Data = null, Rules = [Rule("/a", IsolationMode.Hide)], BaseFiles = new LiveFiles(Path.Combine(root, "base"), LayerPlatform.Linux),
        };
        var plan = ViewPlan.Create(request);
        File.WriteAllText(Path.Combine(root, "w/u/a"), "a file where a rule needs a directory");
        var points = MountInfo.Points().Count;
        var refused = Assert.Throws<VirtException>(() => ViewMounts.Apply(plan));
        Assert.Contains("w/u/a", refused.Message, StringComparison.Ordinal);
        Assert.Equal(points, MountInfo.Points().Count);
    }
}
