namespace VirtEngine.Hypervisors.Software;

/// <summary>Byte offsets of operands in <see cref="CpuState"/>. A 16-, 32- or 64-bit register is at 8 × its number, AH at 1, and so on.</summary>
internal static class Slot
{
    internal const byte Rax = 0, Rcx = 8, Rdx = 16, Rbx = 24, Rsp = 32, Rbp = 40, Rsi = 48, Rdi = 56;

    /// <summary><see cref="CpuState.Zero"/>.</summary>
    internal const byte Zero = 128;

    /// <summary><see cref="CpuState.BlockRip"/>.</summary>
    internal const byte BlockRip = 136;

    /// <summary><see cref="CpuState.SegmentBase"/>.</summary>
    internal const byte SegmentBase = 144;
}
