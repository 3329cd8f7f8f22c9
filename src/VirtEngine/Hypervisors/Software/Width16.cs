using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A word.</summary>
internal readonly unsafe struct Width16 : IWidth
{
    public static int Bits => 16;

    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(void* at) => *(ushort*)at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* at, ulong value) => *(ushort*)at = (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRegister(void* at, ulong value) => *(ushort*)at = (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long SignExtend(ulong value) => (short)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Truncate(ulong value) => (ushort)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool CompareExchange(void* at, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref *(ushort*)at, (ushort)value, (ushort)expected) == (ushort)expected;
}
