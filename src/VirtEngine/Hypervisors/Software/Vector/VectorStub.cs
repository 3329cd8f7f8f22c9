namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// Host code for one form of an instruction, whatever registers its operands are in. It lives in native memory until the process ends, so
/// that a decoded instruction can point to it.
/// </summary>
internal unsafe struct VectorStub
{
    /// <summary>
    /// The code: takes the FXSAVE image, the first and second operand (registers or memory, as <see cref="First"/> and
    /// <see cref="Second"/> say) and the implicit operands (RFLAGS, RAX, RCX, RDX). Returns 0, or the exception flags that
    /// the instruction raised when one of them is unmasked in MXCSR; nothing is written then.
    /// </summary>
    internal delegate* unmanaged[SuppressGCTransition]<byte*, void*, void*, ulong*, uint> Entry;

    internal OperandPlace First;
    internal OperandPlace Second;

    /// <summary>Bytes of the memory operand; 0 without one.</summary>
    internal byte MemorySize;

    internal VectorTraits Traits;

    internal readonly bool Has(VectorTraits trait) => (Traits & trait) != 0;
}
