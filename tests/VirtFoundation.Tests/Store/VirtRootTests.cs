using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Store;

public sealed class VirtRootTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_users_root_follows_the_XDG_directories()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var root = Find(("XDG_DATA_HOME", "/data"), ("XDG_RUNTIME_DIR", _directory.Path));

        Assert.Equal("/data/virttools", root.Directory);
        Assert.Equal(_directory["virttools"], root.SocketDirectory);
        Assert.Equal("/home/ann/.local/share/virttools", Find(("HOME", "/home/ann")).Directory);
        Assert.Equal("/home/ann/.local/share/virttools/run", Find(("HOME", "/home/ann"), ("XDG_RUNTIME_DIR", "/not/there")).SocketDirectory);
        Assert.Equal("/home/ann/.local/share/virttools", Find(("HOME", "/home/ann"), ("XDG_DATA_HOME", "relative")).Directory);
    }

    [Fact]
    public void VIRTTOOLS_HOME_goes_before_everything()
    {
        var root = VirtRoot.Find(RootScope.Machine, name => name == "VIRTTOOLS_HOME" ? _directory.Path : "/other");

        Assert.Equal(_directory.Path, root.Directory);
        Assert.Equal(RootScope.Machine, root.Scope);
    }

    [Fact]
    public void Sockets_of_a_deep_root_go_where_their_paths_fit()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var root = VirtRoot.At("/" + new string('d', 90));

        Assert.StartsWith("/tmp/virttools-", root.SocketDirectory, StringComparison.Ordinal);
        Assert.True(root.SocketPath(Guid.NewGuid()).Length <= VirtRoot.LongestSocketPath);
    }

    [Fact]
    public void A_socket_path_that_does_not_fit_is_refused()
    {
        var runtime = Directory.CreateDirectory(_directory[new('r', 90)]).FullName;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var root = Find(("HOME", "/h"), ("XDG_RUNTIME_DIR", runtime));

        var failure = Assert.Throws<VirtException>(() => root.SocketPath(Guid.NewGuid()));
        Assert.Equal(VirtErrorCode.SocketPathTooLong, failure.Code);
        Assert.Contains("107", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directories_are_made_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var root = VirtRoot.At(_directory["root"]);
        root.Create();

        foreach (var path in new[] { root.Directory, root.MachinesDirectory, root.SocketDirectory })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void A_directory_that_others_can_open_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Directory.CreateDirectory(_directory["open"], (UnixFileMode)0b111_101_101);

        Assert.Equal(VirtErrorCode.AccessDenied, Assert.Throws<VirtException>(VirtRoot.At(_directory["open"]).Create).Code);
    }

    [Fact]
    public void A_root_that_depends_on_where_one_stands_is_refused()
    {
        var failure = Assert.Throws<VirtException>(() => VirtRoot.Find(RootScope.User, name => name == "VIRTTOOLS_HOME" ? "some/where" : null));

        Assert.Equal(VirtErrorCode.RootUnusable, failure.Code);
        Assert.Contains("VIRTTOOLS_HOME", failure.Message, StringComparison.Ordinal);
        Assert.Contains("some/where", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_is_a_file_or_lies_in_one_is_refused_by_whoever_makes_and_whoever_reads()
    {
        File.WriteAllText(_directory["file"], "");
        foreach (var path in new[] { _directory["file"], Path.Combine(_directory["file"], "below") })
        {
            Assert.Equal(VirtErrorCode.RootUnusable, Assert.Throws<VirtException>(VirtRoot.At(path).Create).Code);
            Assert.Equal(VirtErrorCode.RootUnusable, Assert.Throws<VirtException>(() => Machines(VirtRoot.At(path))).Code);
        }
    }

    [RootFact]
    public void A_root_that_another_user_closed_is_not_shown_as_empty()
    {
        VirtRoot.At(_directory["root"]).Create();

        var failure = AsNobody(() => Assert.Throws<VirtException>(() => Machines(VirtRoot.At(_directory["root"]))));

        Assert.Equal(VirtErrorCode.AccessDenied, failure.Code);
        Assert.Contains(_directory["root"], failure.Message, StringComparison.Ordinal);
    }

    private static string[] Machines(VirtRoot root) => root.FindDirectories(root.MachinesDirectory);

    // Linux keeps the identity for files per thread.
    private static T AsNobody<T>(Func<T> action)
    {
        const uint nobody = 65534;
        _ = setfsuid(nobody);
        try
        {
            return action();
        }
        finally
        {
            _ = setfsuid(0);
        }
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern int setfsuid(uint user);

    private static VirtRoot Find(params (string Name, string Value)[] environment) =>
        VirtRoot.Find(RootScope.User, name => environment.FirstOrDefault(pair => pair.Name == name).Value);
}
