namespace VirtEngine.Boot;

/// <summary>What a machine boots, and what it tells the kernel.</summary>
public sealed record BootParameters
{
    /// <summary>Path of the kernel: a bzImage, or a vmlinux with a PVH entry.</summary>
    public required string Kernel { get; init; }

    /// <summary>Path of the initial RAM disk, if any.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line, ASCII without NUL; the limit is the kernel's own, 2047 characters for most.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The memory map, ascending and without overlaps, at most 128 ranges. RAM below 640 KiB holds the boot structures.</summary>
    public required IReadOnlyList<MemoryMapEntry> MemoryMap { get; init; }

    /// <summary>Guest-physical address of ACPI's root pointer, 0 for none.</summary>
    public ulong RsdpAddress { get; init; }

    /// <summary>How to enter the kernel.</summary>
    public BootProtocol Protocol { get; init; }
}
