using System.Globalization;
using System.Text;

namespace VirtSpecs;

/// <summary>Foreign text within messages: short, in one line, without control characters.</summary>
internal static class Quoting
{
    private const int MaximumLength = 60;

    /// <summary>The text in quotes.</summary>
    public static string Quote(string text) => $"'{Shorten(text)}'";

    /// <summary>The text without quotes.</summary>
    public static string Shorten(string text)
    {
        var result = new StringBuilder();
        foreach (var rune in (text.Length > MaximumLength ? text[..MaximumLength] : text).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator)
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
            else
            {
                result.Append(rune);
            }
        }

        return text.Length > MaximumLength ? result.Append('…').ToString() : result.ToString();
    }
}
