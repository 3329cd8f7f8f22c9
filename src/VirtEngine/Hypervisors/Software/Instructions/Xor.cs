using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>XOR.</summary>
internal readonly unsafe struct Xor : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination ^ source;
        LazyFlags.SetLogic<TWidth>(s, result);
        return result;
    }
}
