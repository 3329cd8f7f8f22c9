using System.Buffers.Binary;
using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>Writes hvm_start_info version 1 with its module and memory map (xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal static class StartInfo
{
    private const uint Magic = 0x336E_C578;
    private const int Size = 56;
    private const int ModuleSize = 32;
    private const int MemoryMapEntrySize = 24;

    internal static void Write(GuestMemory memory, BootParameters parameters, (ulong Address, ulong Length) initrd)
    {
        const ulong module = BootLayout.StartInfo + Size;
        Span<byte> info = stackalloc byte[Size + ModuleSize];
        info.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(info, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(info[4..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(info[12..], initrd.Length == 0 ? 0u : 1u);
        BinaryPrimitives.WriteUInt64LittleEndian(info[16..], initrd.Length == 0 ? 0 : module);
        BinaryPrimitives.WriteUInt64LittleEndian(info[24..], BootLayout.CommandLine);
        BinaryPrimitives.WriteUInt64LittleEndian(info[32..], parameters.RsdpAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(info[40..], BootLayout.StartInfoMemoryMap);
        BinaryPrimitives.WriteUInt32LittleEndian(info[48..], (uint)parameters.MemoryMap.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(info[Size..], initrd.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(info[(Size + 8)..], initrd.Length);
        memory.Write(BootLayout.StartInfo, info);

        Span<byte> entry = stackalloc byte[MemoryMapEntrySize];
        entry.Clear();
        for (int i = 0; i < parameters.MemoryMap.Count; i++)
        {
            var range = parameters.MemoryMap[i];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, range.Address);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], range.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], (uint)range.Type);
            memory.Write(BootLayout.StartInfoMemoryMap + (ulong)(i * MemoryMapEntrySize), entry);
        }
    }
}
