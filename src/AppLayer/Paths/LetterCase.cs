using System.Buffers;
using System.Globalization;

namespace AppLayer.Paths;

/// <summary>
/// How text that equals a root's but for case is spelled, in a few letters: <c>l</c> all lower, <c>u</c> all upper, else a hexadecimal
/// number with a bit for each letter, the first letter's the highest, that has the other case; zeros at its end are left out.
/// </summary>
internal static class LetterCase
{
    private const int BitsPerDigit = 4;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789ABCDEF");

    /// <summary>The letter in its other case, or itself.</summary>
    public static char Toggle(char letter)
    {
        var lower = char.ToLowerInvariant(letter);
        return lower != letter ? lower : char.ToUpperInvariant(letter);
    }

    /// <summary>Whether text is spelled as a root's is, but for letters in their other case.</summary>
    public static bool Matches(ReadOnlySpan<char> text, string root)
    {
        if (text.Length < root.Length)
        {
            return false;
        }

        for (var i = 0; i < root.Length; i++)
        {
            if (text[i] != root[i] && text[i] != Toggle(root[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How text that matches is spelled; empty if as the root's.</summary>
    public static string Describe(ReadOnlySpan<char> text, string root)
    {
        if (text.SequenceEqual(root))
        {
            return "";
        }

        if (text.SequenceEqual(root.ToLowerInvariant()))
        {
            return "l";
        }

        if (text.SequenceEqual(root.ToUpperInvariant()))
        {
            return "u";
        }

        var digits = new char[(text.Length + BitsPerDigit - 1) / BitsPerDigit];
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = 0;
            for (var bit = 0; bit < BitsPerDigit; bit++)
            {
                var at = (i * BitsPerDigit) + bit;
                digit = (digit << 1) | (at < text.Length && text[at] != root[at] ? 1 : 0);
            }

            digits[i] = digit.ToString("X", CultureInfo.InvariantCulture)[0];
        }

        return new string(digits).TrimEnd('0');
    }

    /// <summary>Whether a description is one.</summary>
    public static bool IsDescription(ReadOnlySpan<char> text) => text is "" or "l" or "u" || !text.ContainsAnyExcept(Digits);

    /// <summary>A root's text as it was described. On a system where the root is elsewhere, as far as the description goes.</summary>
    public static string Apply(ReadOnlySpan<char> description, string root)
    {
        if (description is "")
        {
            return root;
        }

        if (description is "l")
        {
            return root.ToLowerInvariant();
        }

        if (description is "u")
        {
            return root.ToUpperInvariant();
        }

        var letters = root.ToCharArray();
        for (var i = 0; i < letters.Length && i / BitsPerDigit < description.Length; i++)
        {
            var digit = int.Parse(description.Slice(i / BitsPerDigit, 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if ((digit >> (BitsPerDigit - 1 - (i % BitsPerDigit)) & 1) != 0)
            {
                letters[i] = Toggle(letters[i]);
            }
        }

        return new string(letters);
    }
}
