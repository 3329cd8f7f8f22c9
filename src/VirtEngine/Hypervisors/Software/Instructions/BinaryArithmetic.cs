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

/// <summary>CMP.</summary>
internal readonly unsafe struct Compare : IBinaryOperation
{
    public static bool Writes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth =>
        Subtract.Execute<TWidth>(s, destination, source);
}

/// <summary>ADC.</summary>
internal readonly unsafe struct AddWithCarry : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination + source + (LazyFlags.GetCarry(s) ? 1ul : 0);
        LazyFlags.SetAdd<TWidth>(s, destination, source, result);
        return result;
    }
}

/// <summary>SBB.</summary>
internal readonly unsafe struct SubtractWithBorrow : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Execute<TWidth>(CpuState* s, ulong destination, ulong source) where TWidth : struct, IWidth
    {
        ulong result = destination - source - (LazyFlags.GetCarry(s) ? 1ul : 0);
        LazyFlags.SetSubtract<TWidth>(s, destination, source, result);
        return result;
    }
}
