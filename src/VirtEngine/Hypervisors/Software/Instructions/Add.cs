using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>ADD.</summary>
internal readonly unsafe struct Add : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination + source;
        LazyFlags.SetAdd<TWidth>(s, destination, source, result);
        return result;
    }
}
