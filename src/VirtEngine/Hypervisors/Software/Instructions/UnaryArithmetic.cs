using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>INC.</summary>
internal readonly unsafe struct Increment : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = value + 1;
        LazyFlags.SetIncrement<TWidth>(s, value, result);
        return result;
    }
}

/// <summary>DEC.</summary>
internal readonly unsafe struct Decrement : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = value - 1;
        LazyFlags.SetDecrement<TWidth>(s, value, result);
        return result;
    }
}

/// <summary>NEG.</summary>
internal readonly unsafe struct Negate : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth
    {
        ulong result = 0 - value;
        LazyFlags.SetSubtract<TWidth>(s, 0, value, result);
        return result;
    }
}

/// <summary>NOT: no flags.</summary>
internal readonly unsafe struct Not : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong value) where TWidth : struct, IWidth => ~value;
}
