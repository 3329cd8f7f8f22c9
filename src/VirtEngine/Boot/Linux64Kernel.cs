using System.Buffers.Binary;
using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>Loads a bzImage as Linux's 64-bit boot protocol asks; the kernel decompresses itself.</summary>
internal static class Linux64Kernel
{
    private const ulong EntryOffset = 0x200;
    private const ulong PageDirectorySpan = 1 << 30;

    /// <exception cref="BootException">The kernel has no 64-bit entry, or something does not fit.</exception>
    internal static BootState Load(GuestMemory memory, GuestMemoryPlan plan, BootParameters parameters, BzImageReader image)
    {
        if (!image.Has64BitEntry) throw new BootException($"'{parameters.Kernel}' has no 64-bit entry (XLF_KERNEL_64): it is a 32-bit kernel, or older than Linux 3.8.");
        ulong address = image.PreferredAddress;
        ulong length = Math.Max(image.InitSize, (uint)image.ProtectedModeSize);
        if (address < BootLayout.KernelFloor || address > uint.MaxValue - length)
            throw new KernelFormatException(0x258, "pref_address", $"0x{length:x} bytes at 0x{address:x} are not between 1 MiB and 4 GiB");
        if (!plan.IsRam(address, length))
            throw new BootException($"The kernel does not fit: it needs 0x{length:x} bytes of RAM at 0x{address:x}; the machine has {memory.Size} bytes of memory.");
        memory.Write(address, image.ProtectedMode);
        LinuxLoader.WriteCommandLine(memory, parameters.CommandLine, image.CommandLineSize);
        var initrd = LinuxLoader.LoadInitrd(memory, plan, parameters.Initrd, address + length, image.InitrdAddressMax + 1UL);
        WriteBootParams(memory, parameters, image, initrd, (uint)address);
        WritePageTables(memory);
        DescriptorTable.Write(memory, longMode: true);
        return BootState.Linux64(address + EntryOffset) with { KernelVersion = image.Version };
    }

    private static void WriteBootParams(
        GuestMemory memory, BootParameters parameters, BzImageReader image, (ulong Address, ulong Length) initrd, uint address)
    {
        Span<byte> page = stackalloc byte[GuestMemory.PageSize];
        page.Clear();
        image.SetupHeader.CopyTo(page[BzImageReader.SetupHeaderOffset..]);
        BinaryPrimitives.WriteUInt64LittleEndian(page[0x070..], parameters.RsdpAddress);        // acpi_rsdp_addr
        page[0x1E8] = (byte)parameters.MemoryMap.Count;                                         // e820_entries
        page[0x210] = 0xFF;                                                                     // type_of_loader: none that is registered
        BinaryPrimitives.WriteUInt32LittleEndian(page[0x214..], address);                       // code32_start
        BinaryPrimitives.WriteUInt32LittleEndian(page[0x218..], (uint)initrd.Address);          // ramdisk_image
        BinaryPrimitives.WriteUInt32LittleEndian(page[0x21C..], (uint)initrd.Length);           // ramdisk_size
        BinaryPrimitives.WriteUInt32LittleEndian(page[0x228..], (uint)BootLayout.CommandLine);  // cmd_line_ptr
        BinaryPrimitives.WriteUInt64LittleEndian(page[0x250..], 0);                             // setup_data
        for (int i = 0; i < parameters.MemoryMap.Count; i++)
        {
            var entry = page[(0x2D0 + i * 20)..];                                               // e820_table
            BinaryPrimitives.WriteUInt64LittleEndian(entry, parameters.MemoryMap[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], parameters.MemoryMap[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], (uint)parameters.MemoryMap[i].Type);
        }
        memory.Write(BootLayout.BootParams, page);
    }

    /// <summary>Maps the first 4 GiB to themselves in pages of 2 MiB.</summary>
    private static void WritePageTables(GuestMemory memory)
    {
        const ulong pointers = BootLayout.PageTables + GuestMemory.PageSize;
        const ulong directories = pointers + GuestMemory.PageSize;
        const ulong presentWritable = 3;
        const ulong large = 0x80;
        Span<byte> page = stackalloc byte[GuestMemory.PageSize];

        page.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(page, pointers | presentWritable);
        memory.Write(BootLayout.PageTables, page);

        for (ulong i = 0; i < 4; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(page[(int)(i * 8)..], (directories + i * GuestMemory.PageSize) | presentWritable);
        memory.Write(pointers, page);

        for (ulong i = 0; i < 4; i++)
        {
            for (ulong j = 0; j < 512; j++)
                BinaryPrimitives.WriteUInt64LittleEndian(page[(int)(j * 8)..], i * PageDirectorySpan + (j << 21) | large | presentWritable);
            memory.Write(directories + i * GuestMemory.PageSize, page);
        }
    }
}
