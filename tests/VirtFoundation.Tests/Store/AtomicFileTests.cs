using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Store;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Steps => ["Create", "Write", "Flush", "Rename"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Steps))]
    public void Failure_before_the_new_name_leaves_the_old_content_and_no_trace(string step)
    {
        var path = _directory["state.json"];
        AtomicFile.Replace(path, "old"u8);

        var failure = Assert.Throws<VirtException>(() => AtomicFile.Replace(path, "new"u8, Failing(step)));

        Assert.Equal(VirtErrorCode.StorageFailed, failure.Code);
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_directory.Path));
        AtomicFile.Replace(path, "new"u8);
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Failure_to_flush_the_directory_is_told_with_the_new_content_in_place()
    {
        var path = _directory["state.json"];
        AtomicFile.Replace(path, "old"u8);

        Assert.Throws<VirtException>(() => AtomicFile.Replace(path, "new"u8, Failing("FlushDirectory")));

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Failure_to_clean_up_does_not_hide_the_first_one()
    {
        var failure = Assert.Throws<VirtException>(
            () => AtomicFile.Replace(_directory["state.json"], "new"u8, Failing("Write", "Delete")));

        Assert.Contains("Write", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_steps_come_in_the_order_that_survives_a_crash()
    {
        var recorded = Failing();

        AtomicFile.Replace(_directory["state.json"], "new"u8, recorded);

        Assert.Equal(["Create", "Write", "Flush", "Rename", "FlushDirectory"], recorded.Steps);
    }

    [Fact]
    public void Files_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        AtomicFile.Replace(_directory["state.json"], "new"u8);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["state.json"]));
    }

    private static FailingFileOperations Failing(params string[] steps) => new((step, _) => steps.Contains(step));
}
