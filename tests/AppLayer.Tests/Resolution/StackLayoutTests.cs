using System.Runtime.Versioning;
using AppLayer.Files;
using AppLayer.Mounting;
using AppLayer.Resolution;
using AppLayer.Store;
using AppLayer.Tests.Mounting;
using VirtSpecs;

namespace AppLayer.Tests.Resolution;

[SupportedOSPlatform("linux")]
public class StackLayoutTests
{
    public static TheoryData<bool> Users => InNamespace.Users;

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void Names_in_another_case_are_one_name_in_the_view(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("base/drive_c/Program Files/Common/base.txt", "base");
        scratch.Write("l/low/drive_c/Program Files/Demo/Read.txt", "low");
        scratch.Write("l/high/drive_c/Program Files/demo/READ.TXT", "high");
        scratch.Write("l/high/drive_c/Program Files/demo/New/own.txt", "own");
        scratch.Write("l/high/drive_c/Program Files/COMMON/more.txt", "more");
        foreach (var name in (string[])["v", "w/u", "w/k"]) scratch.Make(name);
        InNamespace.Run(asRoot, scratch.Path, SeeOneName, [scratch.Path, asRoot ? "root" : "user"]);
    }

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void A_directory_over_a_link_to_one_goes_where_the_link_leads(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("base/usr/lib/libc.so", "libc");
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "base/lib"), "usr/lib");
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "base/outside"), "../../../etc");
        scratch.Write("l/deb/lib/systemd/demo.service", "demo");
        scratch.Write("l/deb/outside/passwd", "mine");
        foreach (var name in (string[])["v", "w/u", "w/k"]) scratch.Make(name);
        InNamespace.Run(asRoot, scratch.Path, SeeThroughTheLink, [scratch.Path, asRoot ? "root" : "user"]);
    }

    [Fact]
    public void A_stack_without_conflicts_costs_no_tree()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var scratch = new Scratch();
        scratch.Write("base/drive_c/Program Files/Common/base.txt", "base");
        scratch.Write("l/low/drive_c/Program Files/Common/low.txt", "low");
        scratch.Write("l/low/drive_c/alone/x", "low");
        var cache = Path.Combine(scratch.Path, "cache");
        var composed = Compose(scratch.Path, LayerPlatform.Windows, cache, "low");
        Assert.Equal(Path.Combine(scratch.Path, "l/low"), Assert.Single(composed).Directory);
        Assert.False(Directory.Exists(cache));
    }

    [Fact]
    public void Adjusted_trees_are_kept_as_long_as_they_are_of_use()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var scratch = new Scratch();
        scratch.Write("base/drive_c/Data/x", "base");
        scratch.Write("l/low/drive_c/DATA/y", "low");
        scratch.Make("cache/0123.new");
        var cache = Path.Combine(scratch.Path, "cache");
        var first = Compose(scratch.Path, LayerPlatform.Windows, cache, "low");
        Assert.Equal([first[0].Directory], Directory.GetDirectories(cache));
        var made = Directory.GetCreationTimeUtc(first[0].Directory);
        Assert.Equal(first[0].Directory, Compose(scratch.Path, LayerPlatform.Windows, cache, "low")[0].Directory);
        Assert.Equal(made, Directory.GetCreationTimeUtc(first[0].Directory));
        Directory.Move(Path.Combine(scratch.Path, "l/low/drive_c/DATA"), Path.Combine(scratch.Path, "l/low/drive_c/Data"));
        Compose(scratch.Path, LayerPlatform.Windows, cache, "low");
        Assert.Empty(Directory.GetDirectories(cache));
    }

    private static IReadOnlyList<ViewLayer> Compose(string root, LayerPlatform platform, string cache, params string[] layers) => StackLayout.Compose(
        platform,
        [.. layers.Select(name => new StackLayer(
            new(name, Path.Combine(root, "l", name), new TreeFiles(FileScanner.Scan(Path.Combine(root, "l", name), platform).Files)), ContentDigest.Of("x"u8)))],
        new LiveFiles(Path.Combine(root, "base"), platform), cache, StoreOperations.Instance);

    private static ViewPlan Show(string root, LayerPlatform platform, string who, params string[] layers)
    {
        var request = ViewTests.Request(root, platform, Path.Combine(root, "base"), [], who) with
        {
            Layers = Compose(root, platform, Path.Combine(root, "cache"), layers),
        };
        var plan = ViewPlan.Create(request);
        ViewMounts.Apply(plan);
        return plan;
    }

    private static void SeeOneName(string root, string who)
    {
        var plan = Show(root, LayerPlatform.Windows, who, "high", "low");
        var programs = Path.Combine(plan.Root, "drive_c/Program Files");
        Assert.Equal(["Common", "Demo"], Directory.GetDirectories(programs).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.Equal("high", File.ReadAllText(Path.Combine(programs, "Demo/Read.txt")));
        Assert.Equal("own", File.ReadAllText(Path.Combine(programs, "Demo/New/own.txt")));
        Assert.Equal(["base.txt", "more.txt"], Directory.GetFiles(Path.Combine(programs, "Common")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        var answer = new LayerResolver(plan).Resolve(@"C:\PROGRAM FILES\demo\read.TXT");
        Assert.Equal(("high", "drive_c/Program Files/Demo/Read.txt"), (answer.Winner, answer.Place));
        Assert.Equal(Path.Combine(root, "w/u/drive_c/Program Files/Demo/Read.txt"), answer.WritePath);

        // The content is the store's: one file with two names.
        Assert.Equal("2", InNamespace.RunTool("stat", "-c", "%h", Path.Combine(root, "l/high/drive_c/Program Files/demo/READ.TXT")).Trim());
        MountNamespace.Unmount(plan.Target);
    }

    private static void SeeThroughTheLink(string root, string who)
    {
        var plan = Show(root, LayerPlatform.Linux, who, "deb");
        Assert.Equal("libc", File.ReadAllText(Path.Combine(plan.Root, "lib/libc.so")));
        Assert.Equal("demo", File.ReadAllText(Path.Combine(plan.Root, "lib/systemd/demo.service")));
        Assert.Equal("usr/lib/systemd/demo.service", new LayerResolver(plan).Resolve("/lib/systemd/demo.service").Place);
        Assert.Equal("demo", File.ReadAllText(new LayerResolver(plan).Resolve("/lib/systemd/demo.service").ReadPath!));
        MountNamespace.Unmount(plan.Target);
    }
}
