using System.Runtime.Versioning;
using VirtFoundation.Control;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Store;

/// <summary>Directories that are shared with a group, as the computer's root is with its operators. The group is one that every Linux has.</summary>
public sealed class RestrictedFilesTests : IDisposable
{
    private const UnixFileMode SharedDirectory = (UnixFileMode)0b010_111_111_000, SharedFile = (UnixFileMode)0b110_110_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RootFact]
    [SupportedOSPlatform("linux")]
    public void What_is_made_in_a_shared_directory_is_shared_with_its_group_and_nobody_else()
    {
        var shared = Share(_directory["shared"], "daemon");
        RestrictedFiles.CreateDirectory(Path.Combine(shared, "machine"));
        AtomicFile.Replace(Path.Combine(shared, "machine", "state"), "x"u8);
        using var held = FileLock.TryTake(Path.Combine(shared, "machine", "lock"));
        using var socket = ControlServer.Listen(Path.Combine(shared, "s.sock"), 1);

        var group = RestrictedFiles.GroupOf(shared);
        Assert.Equal(1u, group);
        Assert.Equal(group, RestrictedFiles.GroupOf(Path.Combine(shared, "machine")));
        foreach (var name in new[] { "machine/state", "machine/lock", "s.sock" })
        {
            Assert.Equal(SharedFile, File.GetUnixFileMode(Path.Combine(shared, name)));
        }
    }

    [RootFact]
    [SupportedOSPlatform("linux")]
    public void A_group_that_is_not_the_operators_makes_no_root_shared()
    {
        var shared = Share(_directory["shared"], "daemon");

        Assert.Equal(VirtErrorCode.AccessDenied, Assert.Throws<VirtException>(() => RestrictedFiles.CreateRoot(shared, share: false)).Code);
    }

    [Fact]
    public void Groups_are_found_by_name()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(0u, OperatorsGroup.FindOnUnix("root"));
            Assert.Null(OperatorsGroup.FindOnUnix("no-such-group-here"));
        }
    }

    [SupportedOSPlatform("linux")]
    private static string Share(string path, string group)
    {
        Directory.CreateDirectory(path);
        using (var chgrp = System.Diagnostics.Process.Start("chgrp", [group, path]))
        {
            chgrp.WaitForExit();
        }

        File.SetUnixFileMode(path, SharedDirectory);
        return path;
    }
}
