using VirtEngine.Disks;

namespace VirtEngine.Tests.Disks;

/// <summary>Requests with managed bytes.</summary>
internal static class BlockDeviceExtensions
{
    internal static async Task<byte[]> ReadBytesAsync(this IBlockDevice device, long offset, int length)
    {
        using var buffers = new NativeBuffers(length);
        await device.ReadAsync(offset, buffers.Buffers);
        return buffers.ToArray();
    }

    internal static async Task WriteBytesAsync(this IBlockDevice device, long offset, byte[] content)
    {
        using var buffers = NativeBuffers.Of(content);
        await device.WriteAsync(offset, buffers.Buffers);
    }

    internal static async Task FailsAsync(BlockStatus status, Func<ValueTask> request)
    {
        var failure = await Assert.ThrowsAsync<BlockException>(async () => await request());
        Assert.Equal(status, failure.Status);
    }

    internal static byte[] Pattern(int seed, int length)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
