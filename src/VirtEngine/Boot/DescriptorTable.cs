using System.Buffers.Binary;
using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>The descriptors that a kernel's first instructions run on; the selectors are those that both protocols name or allow.</summary>
internal static class DescriptorTable
{
    private const ulong Code32 = 0x00CF_9B00_0000_FFFF;
    private const ulong Code64 = 0x00AF_9B00_0000_FFFF;
    private const ulong Data = 0x00CF_9300_0000_FFFF;
    private const ulong Task = 0x0000_8B00_0000_0067;

    internal static void Write(GuestMemory memory, bool longMode)
    {
        Span<byte> table = stackalloc byte[6 * 8];
        table.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(table[0x10..], longMode ? Code64 : Code32);
        BinaryPrimitives.WriteUInt64LittleEndian(table[0x18..], Data);
        BinaryPrimitives.WriteUInt64LittleEndian(table[0x20..], Task);
        memory.Write(BootLayout.Gdt, table);
    }
}
