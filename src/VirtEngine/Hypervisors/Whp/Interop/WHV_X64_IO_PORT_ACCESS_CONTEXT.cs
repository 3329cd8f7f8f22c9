using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>An access to a port.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WHV_X64_IO_PORT_ACCESS_CONTEXT
{
    private const uint Write = 1, String = 1 << 4, Repeated = 1 << 5;

    internal byte InstructionByteCount;
    internal fixed byte Reserved[3];
    internal fixed byte InstructionBytes[16];
    internal uint AccessInfo;
    internal ushort PortNumber;
    internal fixed ushort Reserved2[3];
    internal ulong Rax, Rcx, Rsi, Rdi;
    internal WHV_X64_SEGMENT_REGISTER Ds, Es;

    /// <summary>OUT, not IN.</summary>
    internal readonly bool IsWrite => (AccessInfo & Write) != 0;

    /// <summary>1, 2 or 4 bytes.</summary>
    internal readonly int AccessSize => (int)(AccessInfo >> 1) & 7;

    /// <summary>INS or OUTS, repeated or not.</summary>
    internal readonly bool IsString => (AccessInfo & (String | Repeated)) != 0;
}
