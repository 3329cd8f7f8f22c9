using System.Text;
using VirtEngine.Copying;
using VirtFoundation;

namespace VirtEngine.Tests.Copying;

/// <summary>What a guest says of its files decides where files of the host are written: no name leads out of the target.</summary>
public sealed class GuestListingTests
{
    [Theory]
    [InlineData("file")]
    [InlineData("sub/dir/file")]
    [InlineData("..file/...")]
    [InlineData("-x *$(y)\n")]
    public void A_name_stays_below_the_target(string path) => Assert.Equal($"/target/{path}", GuestCopy.TryPlace("/target", path));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../file")]
    [InlineData("sub/../../file")]
    [InlineData("./file")]
    [InlineData("/etc/passwd")]
    [InlineData("sub//file")]
    [InlineData("sub/")]
    [InlineData("a\0b")]
    public void A_name_that_leads_elsewhere_is_none(string path) => Assert.Null(GuestCopy.TryPlace("/target", path));

    [Fact]
    public void A_listing_is_read_as_it_was_written()
    {
        var items = Read("d\0/a\0/a/b\0\0/a/f\0/a/b/g\0\0/a/p\0\0f\0/c\0o\0/dev/null\0", recurse: true);

        Assert.Equal(["/a", "/c", "/dev/null"], items.Select(item => item.Path));
        Assert.Equal([true, false, false], items.Select(item => item.IsDirectory));
        Assert.Equal(["/a/b"], items[0].Directories);
        Assert.Equal(["/a/f", "/a/b/g"], items[0].Files);
        Assert.Equal(["/a/p"], items[0].Others);
        Assert.Equal(["/dev/null"], items[2].Others);
        Assert.Equal("/a", Assert.Single(Read("d\0/a\0", recurse: false)).Path);
    }

    [Theory]
    [InlineData("x\0/a\0")]
    [InlineData("f\0")]
    [InlineData("f\0/a")]
    [InlineData("d\0/a\0/b\0")]
    [InlineData("d\0/a\0\0\0")]
    public void A_listing_of_another_form_is_refused(string listing) =>
        Assert.Equal(VirtErrorCode.AgentProtocolViolation, Assert.Throws<VirtException>(() => Read(listing, recurse: true)).Code);

    [Fact]
    public void No_listing_does_harm()
    {
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
        {
            var listing = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => random.GetItems(["d\0", "f\0", "o\0", "\0", "/a\0", "/a/b\0", "..\0", "x"], 1)[0]));
            try
            {
                Assert.All(Read(listing, random.Next(2) == 0).SelectMany(item => item.Files), file => Assert.NotEmpty(file));
            }
            catch (VirtException e)
            {
                Assert.Equal(VirtErrorCode.AgentProtocolViolation, e.Code);
            }
        }
    }

    private static IReadOnlyList<GuestItem> Read(string listing, bool recurse) => GuestShell.Read(Encoding.UTF8.GetBytes(listing), recurse);
}
