using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A doubleword.</summary>
internal readonly unsafe struct Width32 : IWidth
{
    public static int Bits => 32;

    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* at) => *(uint*)at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, ulong value) => *(uint*)at = (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* at, ulong value) => *(ulong*)at = (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (int)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (uint)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CompareExchange(void* at, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *(uint*)at, (uint)value, (uint)expected) == (uint)expected;
}
