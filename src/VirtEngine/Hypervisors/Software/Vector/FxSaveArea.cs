namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// FXSAVE's area in guest memory (Intel SDM vol. 1, 10.5.1) beside the image that holds the state: outside 64-bit mode only eight XMM
/// registers are in it, and without REX.W the pointers are 32 bits with a selector, which is 0.
/// </summary>
internal static unsafe class FxSaveArea
{
    /// <summary>Bytes that FXSAVE writes and FXRSTOR reads; the rest of the 512 is reserved or the software's.</summary>
    internal static int UsedSize(bool is64Bit) => FxImage.Xmm + (is64Bit ? 16 : 8) * FxImage.Stride;

    /// <summary>Writes the area.</summary>
    internal static void Store(byte* fx, byte* to, bool is64Bit, bool widePointers)
    {
        Buffer.MemoryCopy(fx, to, UsedSize(is64Bit), UsedSize(is64Bit));
        to[FxImage.Tags + 1] = 0;
        *(uint*)(to + FxImage.MxcsrMask) = FxImage.MxcsrWritable;
        if (!widePointers) *(uint*)(to + FxImage.InstructionPointer + 4) = *(uint*)(to + FxImage.DataPointer + 4) = 0;
    }

    /// <summary>Reads the area; false if MXCSR has bits that do not exist, which is #GP, and nothing has changed.</summary>
    internal static bool TryLoad(byte* fx, byte* from, bool is64Bit, bool widePointers)
    {
        if ((FxImage.MxcsrOf(from) & ~FxImage.MxcsrWritable) != 0) return false;
        uint mask = *(uint*)(fx + FxImage.MxcsrMask);
        Buffer.MemoryCopy(from, fx, UsedSize(is64Bit), UsedSize(is64Bit));
        *(uint*)(fx + FxImage.MxcsrMask) = mask;
        fx[FxImage.Tags + 1] = 0;
        *(ushort*)(fx + FxImage.Opcode) &= 0x7FF;
        if (!widePointers) *(uint*)(fx + FxImage.InstructionPointer + 4) = *(uint*)(fx + FxImage.DataPointer + 4) = 0;
        for (int i = 0; i < 8; i++) new Span<byte>(FxImage.StackOf(fx, i) + 10, 6).Clear();
        X87Environment.SetControl(fx, FxImage.Control(fx));
        return true;
    }
}
