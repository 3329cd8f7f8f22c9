namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>An instruction that computes its destination from destination and source and sets the arithmetic flags.</summary>
internal unsafe interface IBinaryOperation
{
    /// <summary>Whether the result is written: not for CMP and TEST.</summary>
    static abstract bool Writes { get; }

    /// <summary>Computes the result and records the flags.</summary>
    static abstract ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth;
}
