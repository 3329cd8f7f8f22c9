using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>NEG.</summary>
internal readonly unsafe struct Negate : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = 0 - value;
        LazyFlags.SetSubtract<TWidth>(s, 0, value, result);
        return result;
    }
}
