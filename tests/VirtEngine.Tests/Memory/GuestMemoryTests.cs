using VirtEngine.Memory;

namespace VirtEngine.Tests.Memory;

/// <summary>The machine's RAM at its edges.</summary>
public sealed class GuestMemoryTests
{
    private const ulong GiB = 1 << 30;

    [Fact]
    public void What_is_not_whole_in_ram_is_refused_and_untouched()
    {
        using var memory = new GuestMemory(4 * GiB);
        Assert.Equal([new MemoryRegion(0, 3 * GiB, 0), new MemoryRegion(4 * GiB, GiB, 3 * GiB)], memory.Regions);
        foreach (ulong edge in (ulong[])[3 * GiB, 5 * GiB])
        {
            Assert.True(memory.TryWrite(edge - 8, [1, 2, 3, 4, 5, 6, 7, 8]));
            Assert.False(memory.TryWrite(edge - 7, [9, 9, 9, 9, 9, 9, 9, 9]));
            byte[] read = new byte[8];
            Assert.True(memory.TryRead(edge - 8, read));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], read);
            Assert.False(memory.TryRead(edge, read.AsSpan(0, 1)));
        }
        foreach (ulong address in (ulong[])[ulong.MaxValue, ulong.MaxValue - 4096, 4 * GiB - 1, 3 * GiB, 1ul << 63, 6 * GiB])
            Assert.False(memory.TryGetSpan(address, 1, out _), $"0x{address:x}");
        Assert.False(memory.TryGetSpan(0, -1, out _));
    }

    [Fact]
    public void Ram_can_be_given_back_twice()
    {
        var memory = new GuestMemory(1 << 20);
        memory.Dispose();
        memory.Dispose();
    }
}
