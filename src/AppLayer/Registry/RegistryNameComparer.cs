using System.Buffers;
using System.Text;

namespace AppLayer.Registry;

/// <summary>
/// Compares and orders names of keys and values as Windows does: by the codes of their UTF-16 units' capitals. Windows' table of capitals
/// has fewer than .NET's (<see cref="Upper"/>).
/// </summary>
public sealed class RegistryNameComparer : IComparer<string>, IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    /// <summary>The one comparer.</summary>
    public static readonly RegistryNameComparer Instance = new();

    // Capitals that Unicode got after version 5.1, from which Windows' table is. First and last of each range.
    private static readonly (char First, char Last)[] LaterCapitals =
    [
        ('\u037f', '\u037f'), ('\u0524', '\u052f'), ('\u10c7', '\u10cd'), ('\u13a0', '\u13f5'), ('\u1c89', '\u1cbf'), ('\u2c2f', '\u2c2f'),
        ('\u2c70', '\u2c70'), ('\u2c7e', '\u2c7f'), ('\u2ceb', '\u2cf3'), ('\ua660', '\ua660'), ('\ua698', '\ua69b'), ('\ua78d', '\ua7ff'),
    ];

    // One for each UTF-16 unit. Names are mostly ASCII, so little of it is ever in a processor's cache.
    private static readonly char[] Capitals = MakeCapitals();

    private RegistryNameComparer()
    {
    }

    /// <summary>
    /// The capital that Windows 8 and later have for a UTF-16 unit (MS-UCODEREF, 3.1.5.3): one from which the way back leads to the same letter, so
    /// none for µ, ς or titlecase, and none that is newer than Unicode 5.1, as those of Georgian.
    /// </summary>
    public static char Upper(char unit) => Capitals[unit];

    /// <inheritdoc/>
    public int Compare(string? x, string? y) =>
        x is null || y is null ? (x is null ? 0 : 1) - (y is null ? 0 : 1) : Compare(x.AsSpan(), y.AsSpan());

    /// <summary>Orders two names.</summary>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var capitals = Capitals;
        var length = Math.Min(left.Length, right.Length);
        for (var i = left.CommonPrefixLength(right); i < length; i++)
        {
            var difference = capitals[left[i]] - capitals[right[i]];
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.AsSpan(), y.AsSpan()));

    /// <summary>Whether two names are one to Windows.</summary>
    public static bool Equals(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.Length == right.Length && (Ascii.EqualsIgnoreCase(left, right) || Compare(left, right) == 0);

    /// <inheritdoc/>
    public int GetHashCode(string obj) => GetHashCode(obj.AsSpan());

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        const int OnStack = 256;
        var rented = alternate.Length > OnStack ? ArrayPool<char>.Shared.Rent(alternate.Length) : null;
        var upper = rented is null ? stackalloc char[OnStack] : rented;
        var capitals = Capitals;
        for (var i = 0; i < alternate.Length; i++)
        {
            upper[i] = capitals[alternate[i]];
        }

        // Seeded for each process, since names may come from those who would like them to collide.
        var hash = string.GetHashCode(upper[..alternate.Length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return hash;
    }

    bool IAlternateEqualityComparer<ReadOnlySpan<char>, string>.Equals(ReadOnlySpan<char> alternate, string other) => Equals(alternate, other.AsSpan());

    string IAlternateEqualityComparer<ReadOnlySpan<char>, string>.Create(ReadOnlySpan<char> alternate) => alternate.ToString();

    private static char[] MakeCapitals()
    {
        var capitals = new char[char.MaxValue + 1];
        for (var unit = 0; unit < capitals.Length; unit++)
        {
            capitals[unit] = Capital((char)unit);
        }

        return capitals;
    }

    private static char Capital(char unit)
    {
        var upper = char.ToUpperInvariant(unit);
        if (char.IsAscii(unit))
        {
            return upper;
        }

        var leadsBack = upper != unit && char.ToLowerInvariant(upper) == unit;
        return leadsBack && !LaterCapitals.Any(range => upper >= range.First && upper <= range.Last) ? upper : unit;
    }
}
