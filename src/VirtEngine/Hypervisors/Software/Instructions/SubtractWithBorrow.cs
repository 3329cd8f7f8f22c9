using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>SBB.</summary>
internal readonly unsafe struct SubtractWithBorrow : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination - source - (LazyFlags.GetCarry(s) ? 1ul : 0);
        LazyFlags.SetSubtract<TWidth>(s, destination, source, result);
        return result;
    }
}
