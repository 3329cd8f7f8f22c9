using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A byte.</summary>
internal readonly unsafe struct Width8 : IWidth
{
    public static int Bits => 8;

    public static int Bytes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* at) => *(byte*)at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, ulong value) => *(byte*)at = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* at, ulong value) => *(byte*)at = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (sbyte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CompareExchange(void* at, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *(byte*)at, (byte)value, (byte)expected) == (byte)expected;
}
