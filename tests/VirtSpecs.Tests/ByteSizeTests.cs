using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Tests;

public class ByteSizeTests
{
    [Theory]
    [InlineData("0B", 0)]
    [InlineData("1KiB", 1024)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("1TiB", 1L << 40)]
    [InlineData("8191PiB", 8191L << 50)]
    [InlineData("9223372036854775807B", long.MaxValue)]
    public void Sizes_are_read_and_written(string text, long bytes)
    {
        Assert.Equal(bytes, ByteSize.Parse(text).Bytes);
        Assert.Equal(text, new ByteSize(bytes).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("512")]
    [InlineData("512MB")]
    [InlineData("512 MiB")]
    [InlineData("512mib")]
    [InlineData("-1MiB")]
    [InlineData("+1MiB")]
    [InlineData("1.5GiB")]
    [InlineData("01MiB")]
    [InlineData("1,024MiB")]
    [InlineData("8192PiB")]
    [InlineData("9223372036854775808B")]
    [InlineData("٣MiB")]
    public void What_is_no_size_is_refused(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
        Assert.Throws<FormatException>(() => ByteSize.Parse(text));
    }

    [Fact]
    public void Every_size_survives_its_text() =>
        Prop.ForAll<long>(number =>
        {
            var size = new ByteSize(number & long.MaxValue);
            return ByteSize.Parse(size.ToString()) == size;
        }).Check(Config.QuickThrowOnFailure.WithReplay(20260804, 1));

    [Fact]
    public void Who_does_not_know_what_it_compares_orders_sizes_by_bytes()
    {
        var order = System.Collections.Comparer.DefaultInvariant;

        Assert.True(order.Compare(ByteSize.FromMiB(512), ByteSize.FromGiB(1)) < 0);
        Assert.True(order.Compare(ByteSize.FromMiB(512), null) > 0);
        Assert.Throws<ArgumentException>(() => order.Compare(ByteSize.FromMiB(512), 5L));
    }

    [Fact]
    public void Sizes_do_not_overflow_and_are_not_negative()
    {
        Assert.Throws<OverflowException>(() => ByteSize.FromGiB(1L << 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ByteSize(-1));
        Assert.True(ByteSize.FromMiB(1024) == ByteSize.FromGiB(1) && ByteSize.FromMiB(1) < ByteSize.FromMiB(2));
    }
}
