using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>TEST.</summary>
internal readonly unsafe struct Test : IBinaryOperation
{
    public static bool Writes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth =>
        And.Execute<TWidth>(s, destination, source);
}
