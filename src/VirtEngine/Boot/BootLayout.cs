namespace VirtEngine.Boot;

/// <summary>Where the loader puts its structures: all below 640 KiB, where Linux copies them before it uses that RAM.</summary>
internal static class BootLayout
{
    /// <summary>The descriptor table: null, unused, code, data, task state.</summary>
    internal const ulong Gdt = 0x1000;

    /// <summary>hvm_start_info, followed by its one module.</summary>
    internal const ulong StartInfo = 0x2000;

    /// <summary>The PVH memory map, 24 bytes a range.</summary>
    internal const ulong StartInfoMemoryMap = 0x3000;

    /// <summary>boot_params, one page.</summary>
    internal const ulong BootParams = 0x7000;

    /// <summary>The identity page tables: one PML4, one PDPT, four page directories.</summary>
    internal const ulong PageTables = 0x9000;

    /// <summary>The command line.</summary>
    internal const ulong CommandLine = 0x2_0000;

    /// <summary>First address behind all of them.</summary>
    internal const ulong End = CommandLine + MaxCommandLine + 1;

    /// <summary>The longest command line that has room, whatever a kernel claims to take.</summary>
    internal const int MaxCommandLine = 0xFFFF;

    /// <summary>Kernels and initial RAM disks lie from here on: below are the boot structures, video memory and firmware.</summary>
    internal const ulong KernelFloor = 0x10_0000;

    /// <summary>The most ranges that boot_params can hold (E820_MAX_ENTRIES_ZEROPAGE).</summary>
    internal const int MaxMemoryMapEntries = 128;
}
