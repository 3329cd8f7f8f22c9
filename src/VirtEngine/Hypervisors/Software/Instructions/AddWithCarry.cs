using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>ADC.</summary>
internal readonly unsafe struct AddWithCarry : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination + source + (LazyFlags.GetCarry(s) ? 1ul : 0);
        LazyFlags.SetAdd<TWidth>(s, destination, source, result);
        return result;
    }
}
