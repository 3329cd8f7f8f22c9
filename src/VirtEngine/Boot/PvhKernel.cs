using System.Buffers.Binary;
using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>Loads a vmlinux that has a PVH entry.</summary>
internal static class PvhKernel
{
    private const uint XEN_ELFNOTE_PHYS32_ENTRY = 18;
    private const int CopyPart = 4 << 20;

    /// <summary>Finds the physical address of the PVH entry.</summary>
    /// <exception cref="ElfException">There is none.</exception>
    internal static ulong FindEntry(ElfReader elf) => TryFindEntry(elf, out ulong entry)
        ? entry
        : throw new ElfException(0, "XEN_ELFNOTE_PHYS32_ENTRY", "the note is missing: no kernel with a PVH entry (CONFIG_PVH)");

    internal static bool TryFindEntry(ElfReader elf, out ulong entry)
    {
        entry = 0;
        if (!elf.TryGetNote("Xen"u8, XEN_ELFNOTE_PHYS32_ENTRY, out var descriptor)) return false;
        entry = descriptor.Length switch
        {
            4 => BinaryPrimitives.ReadUInt32LittleEndian(descriptor),
            8 => BinaryPrimitives.ReadUInt64LittleEndian(descriptor),
            _ => throw new ElfException(0, "XEN_ELFNOTE_PHYS32_ENTRY", $"an address of {descriptor.Length} bytes"),
        };
        if (entry > uint.MaxValue) throw new ElfException(0, "XEN_ELFNOTE_PHYS32_ENTRY", $"0x{entry:x} is no 32-bit address");
        return true;
    }

    /// <summary>Copies the PT_LOAD segments to their physical addresses.</summary>
    /// <returns>First address behind the kernel.</returns>
    /// <exception cref="BootException">A segment does not fit into the machine's memory.</exception>
    /// <exception cref="ElfException">There is nothing to load, or the entry is in no segment.</exception>
    internal static ulong LoadSegments(GuestMemory memory, GuestMemoryPlan plan, ElfReader elf, ulong entry)
    {
        ulong end = 0, copied = 0;
        bool entered = false;
        for (int i = 0; i < elf.ProgramHeaderCount; i++)
        {
            var header = elf.GetProgramHeader(i);
            if (header.Type != ElfProgramHeader.PT_LOAD || header.MemorySize == 0) continue;
            ulong address = header.PhysicalAddress;
            if (address < BootLayout.KernelFloor)
                throw new BootException($"The kernel wants to lie at 0x{address:x}; below 0x{BootLayout.KernelFloor:x} are firmware and boot structures.");
            if (address + header.MemorySize < address || !plan.IsRam(address, header.MemorySize))
                throw new BootException($"The kernel does not fit: it needs 0x{header.MemorySize:x} bytes of RAM at 0x{address:x}; the machine has {memory.Size} bytes of memory.");
            copied += header.FileSize;
            if (copied > (ulong)elf.Length) throw new ElfException(54, "e_phnum", "the segments hold more bytes than the file");
            Copy(memory, address, elf.GetContent(header));
            Clear(memory, address + header.FileSize, header.MemorySize - header.FileSize);
            end = Math.Max(end, address + header.MemorySize);
            entered |= entry >= address && entry < address + header.FileSize;
        }
        if (end == 0) throw new ElfException(54, "e_phnum", "no segment is to be loaded");
        if (!entered) throw new ElfException(0, "XEN_ELFNOTE_PHYS32_ENTRY", $"0x{entry:x} is in no segment");
        return end;
    }

    // In parts on all processors of the host: most of the time goes into the host's providing the pages.
    private static unsafe void Copy(GuestMemory memory, ulong address, ReadOnlySpan<byte> content)
    {
        int length = content.Length;
        fixed (byte* pointer = content)
        {
            nint from = (nint)pointer;      // a lambda cannot capture a pinned pointer
            Parallel.For(0, (length + CopyPart - 1) / CopyPart, part =>
            {
                int offset = part * CopyPart, count = Math.Min(CopyPart, length - offset);
                memory.Provide(address + (ulong)offset, (ulong)count);
                memory.Write(address + (ulong)offset, new ReadOnlySpan<byte>((byte*)from + offset, count));
            });
        }
    }

    // Memory that is zero already is not touched, so that the host need not provide it; nor are whole pages read, where they can be given back.
    private static void Clear(GuestMemory memory, ulong address, ulong length)
    {
        const ulong page = GuestMemory.PageSize;
        ulong start = Math.Min((address + page - 1) & ~(page - 1), address + length), given = memory.Discard(start, address + length - start);
        ClearTouched(memory, address, start - address);
        ClearTouched(memory, start + given, address + length - start - given);
    }

    private static void ClearTouched(GuestMemory memory, ulong address, ulong length)
    {
        while (length > 0)
        {
            int chunk = (int)Math.Min(length, GuestMemory.PageSize - address % GuestMemory.PageSize);
            if (!memory.TryGetSpan(address, chunk, out var span)) throw new BootException($"There is no RAM at 0x{address:x}.");
            if (span.ContainsAnyExcept((byte)0))
            {
                span.Clear();
                memory.NotifyWritten(address, (ulong)chunk);
            }
            address += (ulong)chunk;
            length -= (ulong)chunk;
        }
    }
}
