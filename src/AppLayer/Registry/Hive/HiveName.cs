using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Hive;

/// <summary>Names as hives store, order and hash them.</summary>
internal static class HiveName
{
    // Capitals that Unicode got after version 5.1, from which Windows' table is. First and last of each range.
    private static readonly (char First, char Last)[] LaterCapitals =
    [
        ('\u037f', '\u037f'), ('\u0524', '\u052f'), ('\u10c7', '\u10cd'), ('\u13a0', '\u13f5'), ('\u1c89', '\u1cbf'), ('\u2c2f', '\u2c2f'),
        ('\u2c70', '\u2c70'), ('\u2c7e', '\u2c7f'), ('\u2ceb', '\u2cf3'), ('\ua660', '\ua660'), ('\ua698', '\ua69b'), ('\ua78d', '\ua7ff'),
    ];

    /// <summary>Orders names as Windows searches them: by the codes of their upper-case UTF-16 units.</summary>
    internal static readonly Comparer<string> Order = Comparer<string>.Create(Compare);

    /// <summary>Whether one byte for a character is enough.</summary>
    internal static bool IsCompressible(string name) => !name.AsSpan().ContainsAnyExceptInRange('\0', '\xFF');

    /// <summary>Bytes that a name takes.</summary>
    internal static int Length(string name) => IsCompressible(name) ? name.Length : name.Length * sizeof(char);

    internal static void Write(Span<byte> destination, string name)
    {
        if (IsCompressible(name))
        {
            Encoding.Latin1.GetBytes(name, destination);
        }
        else
        {
            MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(destination);
        }
    }

    /// <summary>The number by which a hash leaf finds a name (regf specification, "Hash leaf").</summary>
    internal static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var unit in name)
        {
            hash = (37 * hash) + Upper(unit);
        }

        return hash;
    }

    /// <summary>
    /// The capital that Windows 8 and later have for a UTF-16 unit (MS-UCODEREF, 3.1.5.3): one from which the way back leads to the same letter, so
    /// none for µ, ς or titlecase, and none that is newer than Unicode 5.1, as those of Georgian.
    /// </summary>
    internal static char Upper(char unit)
    {
        if (char.IsAscii(unit))
        {
            return char.ToUpperInvariant(unit);
        }

        var upper = char.ToUpperInvariant(unit);
        if (upper == unit || char.ToLowerInvariant(upper) != unit)
        {
            return unit;
        }

        foreach (var (first, last) in LaterCapitals)
        {
            if (upper >= first && upper <= last)
            {
                return unit;
            }
        }

        return upper;
    }

    private static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var difference = Upper(left[i]) - Upper(right[i]);
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }
}
