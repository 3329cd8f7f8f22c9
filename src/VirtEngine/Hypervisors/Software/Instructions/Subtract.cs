using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>SUB.</summary>
internal readonly unsafe struct Subtract : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination - source;
        LazyFlags.SetSubtract<TWidth>(s, destination, source, result);
        return result;
    }
}
