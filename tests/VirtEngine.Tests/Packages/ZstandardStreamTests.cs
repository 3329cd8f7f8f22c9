using VirtEngine.Tests.Boot;
using VirtFoundation.Packages;

namespace VirtEngine.Tests.Packages;

/// <summary>Zstandard against the tool of its makers.</summary>
public sealed class ZstandardStreamTests
{
    private static readonly byte[] Plain = Make();

    [Theory]
    [InlineData("-1")]
    [InlineData("-19")]
    [InlineData("--ultra -22 --long=27")]
    [InlineData("--fast=5 --no-check")]
    [InlineData("-3 --check")]
    public void What_zstd_makes_is_read(string arguments) => Assert.Equal(Plain, Read(Tool.Run("zstd", ["-q", "-c", .. arguments.Split(' ')], Plain)));

    [Fact]
    public void Frames_that_follow_each_other_are_one_content()
    {
        byte[] frame = Tool.Run("zstd", ["-q", "-c"], Plain);
        Assert.Equal([.. Plain, .. Plain], Read([.. frame, .. frame]));
    }

    [Fact]
    public void A_window_that_is_too_large_is_refused()
    {
        // The size of what comes through a pipe is not known, so the frame asks for the whole window.
        byte[] frame = Tool.Run("zstd", ["-q", "-c", "--long=30"], Plain);
        Assert.Throws<InvalidDataException>(() => Read(frame));
    }

    [Fact]
    public void Data_cut_anywhere_is_an_error()
    {
        byte[] frame = Tool.Run("zstd", ["-q", "-c", "--check"], Plain[..5000]);
        for (int length = 1; length < frame.Length; length++) Assert.Throws<InvalidDataException>(() => Read(frame[..length]));
    }

    [Fact]
    public void Each_changed_byte_is_an_error_or_found_by_the_check()
    {
        byte[] frame = Tool.Run("zstd", ["-q", "-c", "--check"], Plain[..5000]);
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < frame.Length; i++)
        {
            byte[] damaged = [.. frame];
            damaged[i] ^= (byte)random.Next(1, 256);
            try
            {
                // A changed header may still give the same content, or make a frame that is skipped; no wrong content passes the check.
                byte[] content = Read(damaged);
                Assert.True(content.Length == 0 || content.AsSpan().SequenceEqual(Plain.AsSpan(0, 5000)), $"byte {i}");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > frame.Length * 9 / 10, $"{refused} of {frame.Length}");
    }

    private static byte[] Read(byte[] data)
    {
        using var stream = new ZstandardStream(new MemoryStream(data));
        var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Make()
    {
        var random = new Random(5);
        var plain = new byte[300_000];
        for (int i = 0; i < plain.Length; i++) plain[i] = (byte)random.Next(random.Next(1, 256));
        plain.AsSpan(0, 100_000).CopyTo(plain.AsSpan(150_000));
        return plain;
    }
}
