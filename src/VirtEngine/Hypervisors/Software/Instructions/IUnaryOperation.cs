namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>An instruction that replaces its only operand: INC, DEC, NEG, NOT.</summary>
internal unsafe interface IUnaryOperation
{
    /// <summary>Computes the result and records the flags.</summary>
    static abstract ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth;
}
