namespace VirtEngine.Hypervisors.Software;

/// <summary>Bits of control registers and RFLAGS (Intel SDM vol. 3, 2.3 and 2.5).</summary>
internal static class ControlBits
{
    internal const ulong Cr0Pe = 1, Cr0Mp = 2, Cr0Em = 4, Cr0Ts = 8, Cr0Et = 0x10, Cr0Ne = 0x20, Cr0Wp = 0x1_0000, Cr0Am = 0x4_0000,
        Cr0Nw = 0x2000_0000, Cr0Cd = 0x4000_0000, Cr0Pg = 0x8000_0000;

    internal const ulong Cr4Vme = 1, Cr4Pvi = 2, Cr4Tsd = 4, Cr4De = 8, Cr4Pse = 0x10, Cr4Pae = 0x20, Cr4Mce = 0x40, Cr4Pge = 0x80,
        Cr4Pce = 0x100, Cr4OsFxsr = 0x200, Cr4OsXmmExcept = 0x400, Cr4Umip = 0x800, Cr4FsGsBase = 0x1_0000, Cr4Smep = 0x10_0000;

    /// <summary>Bits of CR4 that this processor has.</summary>
    internal const ulong Cr4Implemented = Cr4Tsd | Cr4De | Cr4Pse | Cr4Pae | Cr4Mce | Cr4Pge | Cr4Pce | Cr4OsFxsr | Cr4OsXmmExcept | Cr4Umip
        | Cr4FsGsBase | Cr4Smep;

    internal const ulong EferSce = 1, EferLme = 0x100, EferLma = 0x400, EferNxe = 0x800;

    internal const ulong FlagTf = 0x100, FlagIf = 0x200, FlagDf = 0x400, FlagIopl = 0x3000, FlagNt = 0x4000, FlagRf = 0x1_0000,
        FlagVm = 0x2_0000, FlagAc = 0x4_0000, FlagId = 0x20_0000;
}
