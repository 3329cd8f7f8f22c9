using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>NOT: no flags.</summary>
internal readonly unsafe struct Not : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth => ~value;
}
