using System.Globalization;

namespace VirtSpecs;

/// <summary>
/// A size in bytes, written with IEC 80000-13 binary units: <c>512MiB</c>, <c>4GiB</c>. Whole numbers only, from 0 to 2^63 - 1 bytes.
/// </summary>
public readonly record struct ByteSize : IComparable<ByteSize>, IComparable, IFormattable
{
    /// <summary>What the text of a size looks like, as a regular expression that JSON schema shares.</summary>
    internal const string Pattern = "^(0|[1-9][0-9]*)(B|KiB|MiB|GiB|TiB|PiB)$";

    private static readonly (string Unit, int Shift)[] Units =
        [("PiB", 50), ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    /// <summary>Makes a size from a number of bytes.</summary>
    /// <param name="bytes">The number of bytes, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public ByteSize(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
    }

    /// <summary>The number of bytes, 0 or more.</summary>
    public long Bytes { get; }

    /// <summary>Makes a size from a number of mebibytes (2^20 bytes).</summary>
    /// <param name="count">The number of mebibytes.</param>
    /// <returns>The size.</returns>
    /// <exception cref="OverflowException">The size does not fit in 63 bits.</exception>
    public static ByteSize FromMiB(long count) => new(checked(count * (1L << 20)));

    /// <summary>Makes a size from a number of gibibytes (2^30 bytes).</summary>
    /// <param name="count">The number of gibibytes.</param>
    /// <returns>The size.</returns>
    /// <exception cref="OverflowException">The size does not fit in 63 bits.</exception>
    public static ByteSize FromGiB(long count) => new(checked(count * (1L << 30)));

    /// <summary>Reads a size as <see cref="ToString()"/> writes it.</summary>
    /// <param name="text">A whole number and a unit from B to PiB, without a space between.</param>
    /// <returns>The size.</returns>
    /// <exception cref="FormatException">The text is not a size, or the size does not fit in 63 bits.</exception>
    public static ByteSize Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var size)
            ? size
            : throw new FormatException($"'{text}' is not a size such as 512MiB or 4GiB.");
    }

    /// <summary>Reads a size as <see cref="ToString()"/> writes it.</summary>
    /// <param name="text">A whole number and a unit from B to PiB, without a space between.</param>
    /// <param name="size">The size, or zero when the text is none.</param>
    /// <returns>Whether the text is a size that fits in 63 bits.</returns>
    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        if (text is null)
        {
            return false;
        }

        foreach (var (unit, shift) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var digits = text.AsSpan(0, text.Length - unit.Length);
                if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    || (digits[0] == '0' && digits.Length > 1)
                    || count > long.MaxValue >> shift)
                {
                    return false;
                }

                size = new(count << shift);
                return true;
            }
        }

        return false;
    }

    /// <summary>Orders sizes by their number of bytes.</summary>
    /// <param name="other">The size to compare with.</param>
    /// <returns>Less than, equal to or greater than zero, as this size is smaller, equal or larger.</returns>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>Orders sizes by their number of bytes, for those who don't know what they compare: PowerShell's -gt and Sort-Object.</summary>
    /// <param name="obj">The size to compare with; null comes before every size.</param>
    /// <returns>Less than, equal to or greater than zero, as this size is smaller, equal or larger.</returns>
    /// <exception cref="ArgumentException">It is not a size.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        ByteSize other => CompareTo(other),
        _ => throw new ArgumentException($"A size cannot be compared with a {obj.GetType()}.", nameof(obj)),
    };

    /// <summary>Whether the left size is smaller than the right one.</summary>
    /// <param name="left">A size.</param>
    /// <param name="right">Another size.</param>
    /// <returns>Whether left is smaller.</returns>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <summary>Whether the left size is larger than the right one.</summary>
    /// <param name="left">A size.</param>
    /// <param name="right">Another size.</param>
    /// <returns>Whether left is larger.</returns>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <summary>Whether the left size is at most the right one.</summary>
    /// <param name="left">A size.</param>
    /// <param name="right">Another size.</param>
    /// <returns>Whether left is smaller or equal.</returns>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <summary>Whether the left size is at least the right one.</summary>
    /// <param name="left">A size.</param>
    /// <param name="right">Another size.</param>
    /// <returns>Whether left is larger or equal.</returns>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;

    /// <summary>Writes the size in the largest unit that holds it as a whole number: <c>1536MiB</c>, <c>2GiB</c>, <c>0B</c>.</summary>
    /// <returns>Text that <see cref="Parse"/> reads back to the same size.</returns>
    public override string ToString()
    {
        foreach (var (unit, shift) in Units)
        {
            if (Bytes != 0 && Bytes >> shift << shift == Bytes)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Bytes >> shift}{unit}");
            }
        }

        return "0B";
    }

    /// <summary>Writes the size for people.</summary>
    /// <param name="format">A unit from B to PiB: the size in it with a decimal at most, <c>23.5 GiB</c>. Without it, as <see cref="ToString()"/>.</param>
    /// <param name="formatProvider">How numbers are written; invariant without it.</param>
    /// <returns>The text.</returns>
    /// <exception cref="FormatException">The format is no unit.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        if (string.IsNullOrEmpty(format))
        {
            return ToString();
        }

        var (unit, shift) = Array.Find(Units, one => one.Unit == format);
        return unit is null
            ? throw new FormatException($"'{format}' is no unit of a size.")
            : string.Create(formatProvider ?? CultureInfo.InvariantCulture, $"{Math.ScaleB(Bytes, -shift):0.#} {unit}");
    }
}
