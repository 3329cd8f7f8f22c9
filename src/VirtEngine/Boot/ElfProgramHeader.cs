namespace VirtEngine.Boot;

/// <summary>One entry of an ELF64 program header table (System V ABI, figure 5-1).</summary>
/// <param name="Type">p_type.</param>
/// <param name="Offset">p_offset: bytes into the file.</param>
/// <param name="VirtualAddress">p_vaddr.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileSize">p_filesz: bytes in the file.</param>
/// <param name="MemorySize">p_memsz: bytes in memory, not less than in the file.</param>
/// <param name="Alignment">p_align.</param>
internal readonly record struct ElfProgramHeader(
    uint Type, ulong Offset, ulong VirtualAddress, ulong PhysicalAddress, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    internal const uint PT_LOAD = 1;
    internal const uint PT_DYNAMIC = 2;
    internal const uint PT_NOTE = 4;
}
