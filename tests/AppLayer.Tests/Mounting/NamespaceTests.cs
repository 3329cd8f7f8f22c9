using System.Diagnostics;
using System.Runtime.Versioning;
using AppLayer.Mounting;
using VirtFoundation;
using VirtFoundation.Launching;

namespace AppLayer.Tests.Mounting;

[SupportedOSPlatform("linux")]
public class NamespaceTests
{
    public static TheoryData<bool> Users => InNamespace.Users;

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void Binds_and_memory_are_seen_in_the_namespace_alone(bool asRoot)
    {
        using var scratch = new Scratch();
        scratch.Write("a/file", "a");
        foreach (var name in (string[])["m", "t"]) scratch.Make(name);
        InNamespace.Run(asRoot, scratch.Path, BindAndTmpfs, [scratch.Path]);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scratch.Path, "m")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(scratch.Path, "t")));
        Assert.DoesNotContain(scratch.Path, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [NamespaceTheory]
    [MemberData(nameof(Users))]
    public void A_program_in_a_view_sees_another_root_and_has_no_rights_over_the_mounts(bool asRoot)
    {
        using var scratch = new Scratch();
        foreach (var name in (string[])["v/proc", "v/usr", "v/place"]) scratch.Make(name);
        foreach (var name in (string[])["bin", "lib", "lib64"])
        {
            if (new FileInfo("/" + name).LinkTarget is { } target) File.CreateSymbolicLink(Path.Combine(scratch.Path, "v", name), target);
        }

        InNamespace.Run(asRoot, scratch.Path, RunInView, [scratch.Path, asRoot ? "root" : "user"]);
    }

    [Fact]
    public void What_a_computer_lacks_is_said_in_words()
    {
        using var scratch = new Scratch();
        string Explain() => NamespaceSupport.Explain(NamespaceKind.User, "unshare: no.", scratch.Path);
        Assert.Contains("unshare: no.", Explain(), StringComparison.Ordinal);
        scratch.Write("sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        Assert.Contains("AppArmor", Explain(), StringComparison.Ordinal);
        scratch.Write("sys/user/max_user_namespaces", "0\n");
        Assert.Contains("user.max_user_namespaces", Explain(), StringComparison.Ordinal);
        scratch.Write("sys/kernel/unprivileged_userns_clone", "0\n");
        Assert.Contains("unprivileged_userns_clone", Explain(), StringComparison.Ordinal);
        Assert.Contains("CAP_SYS_ADMIN", NamespaceSupport.Explain(NamespaceKind.Root, "no.", scratch.Path), StringComparison.Ordinal);

        string ExplainOverlay() => NamespaceSupport.ExplainOverlay("mount: no.", scratch.Path);
        scratch.Write("filesystems", "nodev\tproc\n");
        scratch.Write("sys/kernel/osrelease", "5.10.0-30-amd64\n");
        Assert.Contains("5.11", ExplainOverlay(), StringComparison.Ordinal);
        scratch.Write("sys/kernel/osrelease", "6.1.0-30-amd64\n");
        Assert.Contains("overlayfs", ExplainOverlay(), StringComparison.Ordinal);
        scratch.Write("filesystems", "nodev\tproc\nnodev\toverlay\n");
        Assert.Contains("mount: no.", ExplainOverlay(), StringComparison.Ordinal);
    }

    private static void BindAndTmpfs(string root)
    {
        var (source, target, memory) = (Path.Combine(root, "a"), Path.Combine(root, "m"), Path.Combine(root, "t"));
        Assert.True(MountNamespace.IsOwn);
        MountNamespace.MakePrivate();
        MountNamespace.Bind(source, target, readOnly: true);
        Assert.Equal("a", File.ReadAllText(Path.Combine(target, "file")));
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(target, "file"), "b"));
        MountNamespace.Unmount(target);

        MountNamespace.MountTmpfs(memory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, 1 << 20);
        File.WriteAllText(Path.Combine(memory, "x"), "x");
        Assert.ThrowsAny<IOException>(() => File.WriteAllBytes(Path.Combine(memory, "y"), new byte[2 << 20]));

        MountNamespace.Bind(root, target, recursive: true, readOnly: true);
        Assert.Equal("x", File.ReadAllText(Path.Combine(target, "t/x")));
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(target, "t/x"), "y"));
        File.WriteAllText(Path.Combine(memory, "x"), "still writable");

        var refused = Assert.Throws<VirtException>(() => MountNamespace.MountTmpfs(Path.Combine(root, "missing"), UnixFileMode.None));
        Assert.Equal(VirtErrorCode.MountFailed, refused.Code);
    }

    private static void RunInView(string root, string who)
    {
        var view = Path.Combine(root, "v");
        MountNamespace.Bind("/usr", Path.Combine(view, "usr"), recursive: true);
        MountNamespace.Bind("/proc", Path.Combine(view, "proc"), recursive: true);
        var kind = who == "root" ? NamespaceKind.Root : NamespaceKind.User;
        WorkerCommand program = new("/bin/sh", ["-c", "pwd; ls /; id -u; grep CapEff /proc/self/status; grep CapPrm /proc/self/status"]);
        var command = NamespaceCommand.InView(program, kind, view, "/place");
        var lines = InNamespace.RunTool(command.Program, [.. command.Arguments]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("/place", lines[0]);
        Assert.Contains("place", lines);
        Assert.DoesNotContain("etc", lines);
        if (kind == NamespaceKind.User)
        {
            Assert.All(lines[^2..], line => Assert.EndsWith("0000000000000000", line, StringComparison.Ordinal));
            Assert.NotEqual("0", lines[^3]);
        }

        // Where there is no other root, as for Wine, the rights are gone all the same.
        var plain = NamespaceCommand.InView(new("/bin/sh", ["-c", $"umount {view}/usr"]), kind, null, null);
        using var unmount = Process.Start(new ProcessStartInfo(plain.Program, plain.Arguments) { RedirectStandardError = true })!;
        Assert.True(unmount.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(kind == NamespaceKind.Root, unmount.ExitCode == 0);
    }
}
