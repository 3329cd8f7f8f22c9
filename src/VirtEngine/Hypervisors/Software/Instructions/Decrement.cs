using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>DEC.</summary>
internal readonly unsafe struct Decrement : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = value - 1;
        LazyFlags.SetDecrement<TWidth>(s, value, result);
        return result;
    }
}
