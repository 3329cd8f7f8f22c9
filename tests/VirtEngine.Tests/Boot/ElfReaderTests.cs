using System.Buffers.Binary;
using System.Diagnostics;
using VirtEngine.Boot;
using VirtEngine.Images;

namespace VirtEngine.Tests.Boot;

/// <summary>ELF files made to keep their reader busy, or to fill its memory.</summary>
public sealed class ElfReaderTests
{
    private const int PT_LOAD = 1, PT_DYNAMIC = 2, PT_NOTE = 4;

    [Fact]
    public void Notes_that_lie_over_each_other_are_refused_at_once()
    {
        // 60,000 headers that all name the same 12 MB of empty notes: a million million steps.
        byte[] file = File(60_000, PT_NOTE, 12 << 20);
        var lasting = Stopwatch.StartNew();
        Assert.Throws<ElfException>(() => PvhKernel.FindEntry(new ElfReader(file)));
        Assert.InRange(lasting.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void A_program_that_needs_a_library_for_every_sixteen_bytes_is_refused()
    {
        byte[] file = File(2, PT_DYNAMIC, 4 << 20);
        Header(file, 1, PT_LOAD, 64 + 2 * 56, 4 << 20);
        for (int at = 64 + 2 * 56; at + 16 <= file.Length; at += 16)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), 1);                   // DT_NEEDED
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + 8), 0x41_41_41_41);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 2 * 56), 5);              // DT_STRTAB, one name of it for all
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 2 * 56 + 8), 0x1000);
        for (int at = 64 + 2 * 56 + 24; at + 8 <= file.Length; at += 16) BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), 24);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ElfException>(() => new ElfReader(file).ReadNeeded());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Names_of_sections_are_not_searched_for_their_ends()
    {
        // 60,000 sections whose names begin in a section of 12 MB that ends with its last byte alone.
        const int count = 60_000, names = 12 << 20;
        var file = new byte[64 + count * 64 + names];
        file.AsSpan(64 + count * 64).Fill((byte)'x');
        file[^1] = 0;
        Identify(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(40), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(60), count);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 24), 64 + count * 64);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 32), names);
        var lasting = Stopwatch.StartNew();
        Assert.Throws<ElfException>(() => KernelModule.Read("x.ko", file));
        Assert.InRange(lasting.Elapsed.TotalSeconds, 0, 5);
    }

    private static byte[] File(int headers, uint type, int size)
    {
        var file = new byte[64 + headers * 56 + size];
        Identify(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)headers);
        for (int i = 0; i < headers; i++) Header(file, i, type, 64 + headers * 56, size);
        return file;
    }

    private static void Identify(byte[] file)
    {
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62);
    }

    private static void Header(byte[] file, int index, uint type, int offset, int size)
    {
        var header = file.AsSpan(64 + index * 56);
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], 0x1000);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], 0x1000);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)size);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], (ulong)size);
    }
}
