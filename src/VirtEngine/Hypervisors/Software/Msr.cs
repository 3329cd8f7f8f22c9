namespace VirtEngine.Hypervisors.Software;

/// <summary>Model-specific registers (Intel SDM vol. 4).</summary>
internal static class Msr
{
    internal const uint Tsc = 0x10, ApicBase = 0x1B, TscAdjust = 0x3B, SpecCtrl = 0x48, PredCmd = 0x49, BiosUpdate = 0x79, BiosSignature = 0x8B,
        ArchCapabilities = 0x10A, FlushCmd = 0x10B, SysenterCs = 0x174, SysenterEsp = 0x175, SysenterEip = 0x176, MiscEnable = 0x1A0,
        Pat = 0x277, TscDeadline = 0x6E0, Efer = 0xC000_0080, Star = 0xC000_0081, LStar = 0xC000_0082, CStar = 0xC000_0083,
        SyscallMask = 0xC000_0084, FsBase = 0xC000_0100, GsBase = 0xC000_0101, KernelGsBase = 0xC000_0102, TscAux = 0xC000_0103;

    private const uint MtrrDefaultType = 0x2FF, MtrrFirstVariable = 0x200, MtrrEndVariable = 0x210, MtrrFix64 = 0x250, MtrrFix16A = 0x258,
        MtrrFix16B = 0x259, MtrrFix4First = 0x268, MtrrFix4Last = 0x26F, McgStatus = 0x17A;

    /// <summary>Registers that keep what is written and change nothing: caching and speculation do not exist here.</summary>
    internal static bool IsStored(uint msr) => msr is Pat or MiscEnable or SpecCtrl or MtrrDefaultType or MtrrFix64 or MtrrFix16A or MtrrFix16B
        or McgStatus or (>= MtrrFirstVariable and < MtrrEndVariable) or (>= MtrrFix4First and <= MtrrFix4Last);

    /// <summary>Whether each of eight bytes names a memory type that the page attribute table can hold.</summary>
    internal static bool IsPageAttributeTable(ulong value)
    {
        for (int i = 0; i < 64; i += 8)
            if ((value >> i & 0xFF) is not (0 or 1 or 4 or 5 or 6 or 7)) return false;
        return true;
    }

    /// <summary>Registers whose writes are commands that have nothing to do.</summary>
    internal static bool IsWriteIgnored(uint msr) => msr is PredCmd or FlushCmd or BiosUpdate or BiosSignature;
}
