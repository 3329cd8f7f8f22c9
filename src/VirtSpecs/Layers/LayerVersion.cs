using System.Buffers;

namespace VirtSpecs;

/// <summary>
/// Versions of layers: text of letters, digits, <c>.</c>, <c>-</c>, <c>+</c> and <c>_</c>, in an order that says which one is newer.
/// </summary>
/// <remarks>
/// Numbers and words are compared one after the other, signs only separate them. Numbers are compared by value, and are newer than words;
/// words by their letters, without regard to case. What one version has beyond another makes it newer, save a word behind a <c>-</c>,
/// which marks a version before: <c>1.0-rc1</c>, <c>1.0</c>, <c>1.0a</c>, <c>1.0+fix</c>, <c>1.0-2</c>, <c>1.0.3</c>, <c>1.10</c>.
/// </remarks>
public static class LayerVersion
{
    /// <summary>The version of a layer that doesn't say one.</summary>
    public const string Default = "1";

    /// <summary>The largest length, in characters.</summary>
    public const int MaximumLength = 63;

    /// <summary>What the text of a version looks like, as a regular expression that JSON schema shares.</summary>
    internal const string Pattern = "^[A-Za-z0-9][A-Za-z0-9.+_-]*$";

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+_-");

    /// <summary>Orders versions, older ones first. Only versions that are equal but for their letters' case are equal.</summary>
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    // What may stand at a place, from old to new.
    private enum Rank
    {
        EarlierWord,
        End,
        Word,
        Number,
    }

    /// <summary>Whether a text is a version: 1 to 63 of its characters, the first a letter or digit.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it is one.</returns>
    public static bool IsVersion(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaximumLength && char.IsAsciiLetterOrDigit(text[0]) && !text.ContainsAnyExcept(Characters);

    /// <summary>Compares two versions.</summary>
    /// <param name="left">A version.</param>
    /// <param name="right">Another one.</param>
    /// <returns>Less than, equal to or greater than zero, as the first is older, the same but for case, or newer.</returns>
    public static int Compare(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var a = left.AsSpan();
        var b = right.AsSpan();
        Rank rank;
        do
        {
            rank = Next(ref a, out var first);
            var difference = rank.CompareTo(Next(ref b, out var second));
            difference = difference != 0 ? difference
                : rank == Rank.Number ? CompareNumbers(first, second)
                : first.CompareTo(second, StringComparison.OrdinalIgnoreCase);
            if (difference != 0)
            {
                return difference;
            }
        }
        while (rank != Rank.End);

        // Alike but for signs, zeros in front, or case.
        return string.Compare(left, right, StringComparison.OrdinalIgnoreCase);
    }

    // Takes the next number or word off the text.
    private static Rank Next(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> part)
    {
        var begin = 0;
        while (begin < text.Length && !char.IsAsciiLetterOrDigit(text[begin]))
        {
            begin++;
        }

        var end = begin;
        var isNumber = begin < text.Length && char.IsAsciiDigit(text[begin]);
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]) && char.IsAsciiDigit(text[end]) == isNumber)
        {
            end++;
        }

        var rank = begin == text.Length ? Rank.End
            : isNumber ? Rank.Number
            : begin > 0 && text[begin - 1] == '-' ? Rank.EarlierWord
            : Rank.Word;
        part = text[begin..end];
        text = text[end..];
        return rank;
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
    }
}
