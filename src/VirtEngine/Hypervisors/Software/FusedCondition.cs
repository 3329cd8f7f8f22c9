using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// The condition of a comparison and jump in one op, decided from the operands without a branch: the relations that hold, as bits, against the
/// bits that the condition asks for (in <see cref="Op.Base"/>) and whether it asks for none of them (in <see cref="Op.Index"/>).
/// </summary>
internal static unsafe class FusedCondition
{
    private const int Equal = 1, Below = 2, Less = 4, Negative = 8;

    /// <summary>Sets a condition up.</summary>
    /// <param name="op">The op.</param>
    /// <param name="condition">The condition's encoding, 0–15.</param>
    /// <returns>False for overflow and parity, which no relation gives.</returns>
    internal static bool TrySet(Op* op, int condition)
    {
        int relations = (condition >> 1) switch { 1 => Below, 2 => Equal, 3 => Below | Equal, 4 => Negative, 6 => Less, 7 => Less | Equal, _ => 0 };
        op->Base = (byte)relations;
        op->Index = (byte)(condition & 1);
        return relations != 0;
    }

    /// <summary>Whether to jump after comparing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AfterCompare<TWidth>(Op* op, ulong a, ulong b) where TWidth : struct, IWidth
    {
        long x = TWidth.SignExtend(a), y = TWidth.SignExtend(b);
        int holds = (x == y ? Equal : 0) | ((ulong)x < (ulong)y ? Below : 0) | (x < y ? Less : 0) | (TWidth.SignExtend(a - b) < 0 ? Negative : 0);
        return ((holds & op->Base) != 0) != (op->Index != 0);
    }

    /// <summary>Whether to jump after an operation that clears CF and OF, by its result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AfterLogic<TWidth>(Op* op, ulong result) where TWidth : struct, IWidth
    {
        long r = TWidth.SignExtend(result);
        int holds = (r == 0 ? Equal : 0) | (r < 0 ? Less | Negative : 0);
        return ((holds & op->Base) != 0) != (op->Index != 0);
    }
}
