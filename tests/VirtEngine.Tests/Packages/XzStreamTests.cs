using VirtEngine.Tests.Boot;
using VirtFoundation.Packages.Xz;

namespace VirtEngine.Tests.Packages;

public sealed class XzStreamTests
{
    [Theory]
    [InlineData("-0")]
    [InlineData("-6")]
    [InlineData("-9e")]
    [InlineData("--check=none")]
    [InlineData("--check=crc32")]
    [InlineData("--check=sha256")]
    [InlineData("--x86 --lzma2=dict=64KiB")]
    [InlineData("--lzma2=lc=0,lp=4,pb=0,dict=4KiB")]
    [InlineData("--lzma2=lc=4,lp=0,pb=4,mode=fast")]
    [InlineData("--block-size=100000 -T2")]
    public void What_xz_packs_comes_out_the_same(string arguments)
    {
        foreach (byte[] plain in Samples())
            Assert.Equal(plain, Unpack(Tool.Run("xz", ["-c", .. arguments.Split(' ')], plain)));
    }

    [Fact]
    public void Streams_that_follow_each_other_with_padding_are_one()
    {
        byte[] first = Tool.Run("xz", ["-c"], "one "u8.ToArray()), second = Tool.Run("xz", ["-c", "--check=crc32"], "two"u8.ToArray());
        Assert.Equal("one two"u8.ToArray(), Unpack([.. first, 0, 0, 0, 0, 0, 0, 0, 0, .. second, 0, 0, 0, 0]));
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var packed = Tool.Run("xz", ["-c"], Samples().ElementAt(1)[..3000]);
        for (int length = 0; length < packed.Length; length++)
            Assert.Throws<XzException>(() => Unpack(packed[..length]));
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var packed = Tool.Run("xz", ["-c", "--x86", "--lzma2"], Samples().ElementAt(1)[..3000]);
        for (int at = 0; at < packed.Length; at++)
        {
            var damaged = (byte[])packed.Clone();
            damaged[at] ^= 0x10;
            Assert.Throws<XzException>(() => Unpack(damaged));
        }
    }

    [Fact]
    public void Damage_that_no_checksum_guards_ends_in_an_error_or_in_bytes_and_never_runs_away()
    {
        // Without a check, only LZMA's own rules stand between damaged data and memory.
        var plain = Samples().ElementAt(1)[..60_000];
        var packed = Tool.Run("xz", ["-c", "--check=none", "--lzma2=dict=64KiB"], plain);
        var random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            var damaged = (byte[])packed.Clone();
            for (int change = 0; change < 3; change++) damaged[random.Next(24, damaged.Length - 28)] = (byte)random.Next(256);
            try { Assert.True(Unpack(damaged).Length <= plain.Length + (2 << 20)); }
            catch (XzException) { refused++; }
        }
        Assert.True(refused > 1000, $"refused {refused}");
    }

    private static IEnumerable<byte[]> Samples()
    {
        yield return [];
        var mixed = new byte[300_000];
        var random = new Random(4);
        for (int i = 0; i < mixed.Length;)
        {
            int run = random.Next(1, 400);
            if (random.Next(2) == 0 && i > 0)
                for (int from = random.Next(i); run > 0 && i < mixed.Length; run--) mixed[i++] = mixed[from++];
            else
                for (int range = random.Next(1, 256); run > 0 && i < mixed.Length; run--) mixed[i++] = (byte)random.Next(range);
        }
        yield return mixed;
        var noise = new byte[200_000];
        random.NextBytes(noise);
        yield return noise;
        yield return File.ReadAllBytes("/bin/bash"); // x86 code
        yield return new byte[5_000_000];
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var stream = new XzStream(new MemoryStream(packed));
        var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
