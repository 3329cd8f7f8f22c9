namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>A shift or rotate by a count.</summary>
internal unsafe interface IShiftOperation
{
    /// <summary>Computes the result and records the flags.</summary>
    /// <param name="s">The state.</param>
    /// <param name="value">The operand, zero-extended.</param>
    /// <param name="count">The count, masked to 5 bits, or 6 for quadwords; not 0.</param>
    static abstract ulong Execute<TWidth>(CpuState* s, ulong value, int count) where TWidth : struct, IWidth;
}
