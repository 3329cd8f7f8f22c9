using VirtEngine.Boot;
using VirtEngine.Memory;
using VirtFoundation.Formats;
using VirtTools.Tests;

namespace VirtEngine.Tests.Boot;

public sealed class BootFuzzTests
{
    private const ulong MiB = 1 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_kernels_load_or_are_refused_and_nothing_else(int seed)
    {
        using var directory = new TemporaryDirectory();
        using var memory = new GuestMemory(32 * MiB);
        var elf = KernelFiles.Elf();
        byte[][] kernels =
        [
            elf,
            KernelFiles.BzImage(elf),
            KernelFiles.BzImage(KernelFiles.WithSize(Tool.Run("lz4", ["-l", "-c"], elf), elf.Length)),
            KernelFiles.BzImage(Tool.Run("gzip", ["-c"], elf)),
            KernelFiles.BzImage(KernelFiles.WithSize(Tool.Run("xz", ["--check=crc32", "--x86", "--lzma2", "-c"], elf), elf.Length)),
            KernelFiles.BzImage(KernelFiles.WithSize(Tool.Run("zstd", ["-q", "-c"], elf), elf.Length)),
        ];
        var random = new Random(seed);
        MemoryMapEntry[] map = [new(0, 0x9_0000, MemoryMapType.Ram), new(MiB, 31 * MiB, MemoryMapType.Ram)];
        int loaded = 0, refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            var kernel = (byte[])kernels[round % kernels.Length].Clone();
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                // Half of the changes hit headers, where they do most.
                int at = random.Next(2) == 0 ? random.Next(Math.Min(kernel.Length, 0x500)) : random.Next(kernel.Length);
                kernel[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }
            if (random.Next(4) == 0) kernel = kernel[..random.Next(kernel.Length)];
            string path = directory.Write("kernel", kernel);
            try
            {
                LinuxLoader.Load(memory, new BootParameters { Kernel = path, MemoryMap = map });
                loaded++;
            }
            catch (Exception e) when (e is MalformedDataException or BootException)
            {
                refused++;
            }
        }
        Assert.True(loaded > 20 && refused > 100, $"loaded {loaded}, refused {refused}");
    }

    [Fact]
    public void Damaged_lz4_blocks_never_write_outside_their_target()
    {
        var random = new Random(3);
        var plain = new byte[20_000];
        for (int i = 0; i < plain.Length; i++) plain[i] = (byte)random.Next(random.Next(1, 256));
        var frame = Tool.Run("lz4", ["-l", "-9", "-c"], plain);
        var whole = new byte[plain.Length];
        Assert.Equal(plain.Length, Lz4LegacyFrame.Decode(frame, whole));
        Assert.Equal(plain, whole);
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])frame.Clone();
            for (int change = 0; change < 3; change++) damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            var room = new byte[plain.Length + 64];
            room.AsSpan(plain.Length).Fill(0xA5);
            try { Lz4LegacyFrame.Decode(damaged, room.AsSpan(0, plain.Length)); }
            catch (Lz4Exception) { refused++; }
            Assert.False(room.AsSpan(plain.Length).ContainsAnyExcept((byte)0xA5));
        }
        Assert.True(refused > 100);
    }
}
