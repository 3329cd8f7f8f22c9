using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Mounting;
using VirtFoundation;

namespace AppLayer.Tests.Mounting;

[SupportedOSPlatform("linux")]
public class OverlayMountTests
{
    public static TheoryData<bool> Users => InNamespace.Users;

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void Upper_layers_win_and_changes_go_to_the_upper_directory(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("a/both", "a");
        scratch.Write("b/both", "b");
        scratch.Write("b/only", "b");
        foreach (var name in (string[])["u", "k", "m"]) scratch.Make(name);
        InNamespace.Run(asRoot, scratch.Path, MountAndChange, [scratch.Path]);
        Assert.Equal("new", File.ReadAllText(Path.Combine(scratch.Path, "u/both")));
        Assert.Equal("a", File.ReadAllText(Path.Combine(scratch.Path, "a/both")));
        Assert.Contains("character special file 0 0", InNamespace.RunTool("stat", "-c", "%F %t %T", Path.Combine(scratch.Path, "u/only")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scratch.Path, "m")));
    }

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void Kernels_before_lowerdir_plus_are_served_too(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("a/both", "a");
        scratch.Write("b/both", "b");
        foreach (var name in (string[])["u", "k", "m"]) scratch.Make(name);
        InNamespace.Run(asRoot, scratch.Path, MountByData, [scratch.Path]);
    }

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void Five_hundred_layers_with_long_and_odd_paths_are_one_view(bool asRoot)
    {
        using var scratch = new Scratch();
        var deep = string.Join('/', Enumerable.Repeat(@"with,comma:colon\backslash " + new string('x', 60), 12));
        for (var i = 0; i < OverlayMount.MaximumLowers; i++) scratch.Write($"{deep}/{i}/file{i}", i.ToString(CultureInfo.InvariantCulture));
        scratch.Make("m");
        InNamespace.Run(asRoot, scratch.Path, MountMany, [scratch.Path, Path.Combine(scratch.Path, deep)]);
    }

    [NamespaceFact]
    public void What_can_not_be_mounted_is_told_in_words()
    {
        using var scratch = new Scratch();
        foreach (var name in (string[])["a", "b", "u", "u/k", "m"]) scratch.Make(name);
        InNamespace.Run(InNamespace.Users.Count > 1, scratch.Path, Refusals, [scratch.Path]);
    }

    [Fact]
    public void Nothing_is_mounted_in_the_namespace_of_the_system()
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.False(MountNamespace.IsOwn);
        Assert.Throws<InvalidOperationException>(() => new OverlayMount { Lowers = ["/usr", "/etc"] }.MountAt("/nowhere"));
        Assert.Throws<InvalidOperationException>(() => MountNamespace.MountTmpfs("/nowhere", UnixFileMode.UserRead));
        Assert.Throws<InvalidOperationException>(() => MountNamespace.Bind("/usr", "/nowhere"));
        Assert.Throws<InvalidOperationException>(() => MountNamespace.Unmount("/nowhere"));
        Assert.Throws<InvalidOperationException>(MountNamespace.MakePrivate);
    }

    private static OverlayMount Simple(string root) => new()
    {
        Lowers = [Path.Combine(root, "a"), Path.Combine(root, "b")], Upper = Path.Combine(root, "u"), Work = Path.Combine(root, "k"),
    };

    private static void MountAndChange(string root)
    {
        var target = Path.Combine(root, "m");
        Simple(root).MountAt(target);
        Assert.Equal("a", File.ReadAllText(Path.Combine(target, "both")));
        Assert.Equal("b", File.ReadAllText(Path.Combine(target, "only")));
        File.WriteAllText(Path.Combine(target, "both"), "new");
        File.Delete(Path.Combine(target, "only"));
    }

    private static void MountByData(string root)
    {
        var target = Path.Combine(root, "m");
        var before = Environment.CurrentDirectory;
        Simple(root).MountByData(target);
        Assert.Equal("a", File.ReadAllText(Path.Combine(target, "both")));
        Assert.Equal(before, Environment.CurrentDirectory);
    }

    private static void MountMany(string root, string layers)
    {
        var target = Path.Combine(root, "m");
        var all = Enumerable.Range(0, OverlayMount.MaximumLowers).Select(i => Path.Combine(layers, i.ToString(CultureInfo.InvariantCulture))).ToList();
        var many = new OverlayMount { Lowers = all };
        many.MountAt(target);
        Assert.Equal(OverlayMount.MaximumLowers, Directory.GetFiles(target).Length);
        MountNamespace.Unmount(target);
        many.MountByData(target);
        Assert.Equal(OverlayMount.MaximumLowers, Directory.GetFiles(target).Length);
        MountNamespace.Unmount(target);
        var refused = Assert.Throws<VirtException>(() => new OverlayMount { Lowers = [.. all, root] }.MountAt(target));
        Assert.Contains("500", refused.Message, StringComparison.Ordinal);
    }

    private static void Refusals(string root)
    {
        var target = Path.Combine(root, "m");
        var sound = Simple(root);
        Refused(sound with { Upper = null, Work = null, Lowers = [sound.Lowers[0]] }, "two directories");
        Refused(sound with { Lowers = [sound.Lowers[0], Path.Combine(root, "missing")] }, "Directory 2 of 2", "missing");

        // A work directory below the upper one: the kernel itself refuses, and its words arrive.
        Refused(sound with { Work = Path.Combine(root, "u/k") }, "workdir");
        Assert.Equal(VirtErrorCode.MountFailed, Assert.Throws<VirtException>(() => sound.MountAt(Path.Combine(root, "missing"))).Code);
        Assert.Contains("missing", Assert.Throws<VirtException>(() => MountNamespace.Bind(Path.Combine(root, "missing"), target)).Message, StringComparison.Ordinal);
        Assert.Throws<VirtException>(() => MountNamespace.Unmount(target));
        Assert.Empty(Directory.GetFileSystemEntries(target));

        void Refused(OverlayMount mount, params string[] words)
        {
            var message = Assert.Throws<VirtException>(() => mount.MountAt(target)).Message;
            Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        }
    }
}
