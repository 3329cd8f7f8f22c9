namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>Places in the 64-bit FXSAVE image that holds a guest's x87, MMX and SSE state (Intel SDM vol. 1, 10.5.1).</summary>
internal static unsafe class FxImage
{
    /// <summary>Bytes of the image.</summary>
    internal const int Size = 512;

    /// <summary>Bytes up to XMM0: everything an x87 or MMX instruction can change.</summary>
    internal const int X87Size = 160;

    internal const int ControlWord = 0, StatusWord = 2, Tags = 4, Opcode = 6, InstructionPointer = 8, DataPointer = 16;
    internal const int Mxcsr = 24, MxcsrMask = 28, Stack = 32, Xmm = 160;

    /// <summary>Bytes from one register to the next.</summary>
    internal const int Stride = 16;

    /// <summary>Bits of MXCSR that software may set: those that the host has, which are all sixteen since the Pentium 4.</summary>
    internal const uint MxcsrWritable = 0xFFFF;

    internal static ref ushort Control(byte* fx) => ref *(ushort*)(fx + ControlWord);

    internal static ref ushort Status(byte* fx) => ref *(ushort*)(fx + StatusWord);

    /// <summary>One bit for each physical register that is not empty.</summary>
    internal static ref byte Valid(byte* fx) => ref fx[Tags];

    internal static ref uint MxcsrOf(byte* fx) => ref *(uint*)(fx + Mxcsr);

    internal static byte* XmmOf(byte* fx, int number) => fx + Xmm + Stride * number;

    /// <summary>ST(<paramref name="index"/>); MMn too while TOP is 0.</summary>
    internal static byte* StackOf(byte* fx, int index) => fx + Stack + Stride * index;

    /// <summary>The number of the physical register that is ST(0).</summary>
    internal static int Top(byte* fx) => Status(fx) >> 11 & 7;
}
