using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A quadword.</summary>
internal readonly unsafe struct Width64 : IWidth
{
    public static int Bits => 64;

    public static int Bytes => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* at) => *(ulong*)at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, ulong value) => *(ulong*)at = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* at, ulong value) => *(ulong*)at = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (long)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CompareExchange(void* at, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *(ulong*)at, value, expected) == expected;
}
