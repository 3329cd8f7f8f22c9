using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>INC.</summary>
internal readonly unsafe struct Increment : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = value + 1;
        LazyFlags.SetIncrement<TWidth>(s, value, result);
        return result;
    }
}
