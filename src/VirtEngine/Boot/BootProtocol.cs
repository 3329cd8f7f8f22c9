namespace VirtEngine.Boot;

/// <summary>How a kernel is entered.</summary>
public enum BootProtocol
{
    /// <summary>PVH where the kernel has its entry and the payload can be decompressed on the host, else the 64-bit protocol.</summary>
    Automatic,

    /// <summary>The x86/HVM direct boot ABI: 32-bit protected mode, paging off, EBX points to hvm_start_info (Xen, docs/misc/pvh.pandoc).</summary>
    Pvh,

    /// <summary>Linux's 64-bit boot protocol: long mode, identity-mapped, RSI points to boot_params (Documentation/arch/x86/boot.rst).</summary>
    Linux64,
}
