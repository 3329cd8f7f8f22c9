using System.Globalization;
using System.Numerics;

namespace System.Management.Automation;

/// <summary>PowerShell's number literals: decimal, hexadecimal and binary, type suffixes (u l d y s n), multipliers (kb to pb).</summary>
internal static class NumberLiteral
{
    private static readonly (string Suffix, long Factor)[] Multipliers =
        [("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30), ("tb", 1L << 40), ("pb", 1L << 50)];

    public static bool TryParse(ReadOnlySpan<char> text, out object? value)
    {
        value = null;
        bool negative = text.StartsWith("-");
        if (negative || text.StartsWith("+")) text = text[1..];
        if (text.IsEmpty || !(char.IsAsciiDigit(text[0]) || (text[0] == '.' && text.Length > 1 && char.IsAsciiDigit(text[1]))))
            return false;

        long factor = 1;
        foreach ((string suffix, long f) in Multipliers)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            factor = f;
            text = text[..^2];
            break;
        }

        int radix = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? 16
            : text.StartsWith("0b", StringComparison.OrdinalIgnoreCase) ? 2 : 10;
        if (radix != 10) text = text[2..];
        int end = 0;
        bool real = false;
        for (; end < text.Length; end++)
        {
            char c = text[end];
            if (radix == 16 ? char.IsAsciiHexDigit(c) : radix == 2 ? c is '0' or '1' : char.IsAsciiDigit(c)) continue;
            if (radix == 10 && c == '.' && !text[..end].Contains('.') && !real) { real = true; continue; }
            if (radix == 10 && c is 'e' or 'E' && end > 0 && !text[..end].ContainsAny('e', 'E'))
            {
                int digits = end + 1 + (end + 1 < text.Length && text[end + 1] is '+' or '-' ? 1 : 0);
                if (digits >= text.Length || !char.IsAsciiDigit(text[digits])) break;
                real = true;
                end = digits;
                continue;
            }
            break;
        }
        if (end == 0) return false;
        return TryBuild(text[..end], text[end..].ToString().ToLowerInvariant(), radix, real, negative, factor, out value);
    }

    private static bool TryBuild(ReadOnlySpan<char> digits, string suffix, int radix, bool real, bool negative, long factor,
        out object? value)
    {
        value = null;
        if (real)
        {
            if (suffix == "d")
            {
                if (!decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)) return false;
                value = (negative ? -exact : exact) * factor;
                return true;
            }
            if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double d)) return false;
            d = (negative ? -d : d) * factor;
            if (suffix.Length == 0) value = d;
            else return TryFit(suffix, new BigInteger(Math.Round(d)), out value);
            return true;
        }

        BigInteger number = radix switch
        {
            16 => BigInteger.Parse("0" + digits.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            2 => BigInteger.Parse("0" + digits.ToString(), NumberStyles.BinaryNumber, CultureInfo.InvariantCulture),
            _ => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture),
        };
        // A literal that fills its type's bits has the sign that they say: 0xFFFFFFFF is -1.
        int bits = radix == 16 ? digits.Length * 4 : digits.Length;
        if (radix != 10 && bits is 32 or 64 && suffix is "" or "l" && number >> (bits - 1) == 1
            && !(suffix == "l" && bits == 32)) number -= BigInteger.One << bits;
        if (negative) number = -number;
        number *= factor;
        return TryFit(suffix, number, out value);
    }

    private static bool TryFit(string suffix, BigInteger number, out object? value)
    {
        value = suffix switch
        {
            "" when number >= int.MinValue && number <= int.MaxValue => (int)number,
            "" or "l" when number >= long.MinValue && number <= long.MaxValue => (long)number,
            "" or "d" when BigInteger.Abs(number) <= (BigInteger)decimal.MaxValue => (decimal)number,
            "" => (double)number,
            "u" when number.Sign >= 0 && number <= uint.MaxValue => (uint)number,
            "u" or "ul" when number.Sign >= 0 && number <= ulong.MaxValue => (ulong)number,
            "y" when number >= sbyte.MinValue && number <= sbyte.MaxValue => (sbyte)number,
            "uy" when number.Sign >= 0 && number <= byte.MaxValue => (byte)number,
            "s" when number >= short.MinValue && number <= short.MaxValue => (short)number,
            "us" when number.Sign >= 0 && number <= ushort.MaxValue => (ushort)number,
            "n" => number,
            _ => null,
        };
        return value is not null;
    }
}
