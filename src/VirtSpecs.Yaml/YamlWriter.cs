using System.Globalization;
using System.Text;

namespace VirtSpecs.Yaml;

/// <summary>
/// Writes documents as YAML in block style: two spaces of indentation, texts plain where every reader (YAML 1.1's too) takes them
/// as the same text, lines as a literal block, all else in double quotes.
/// </summary>
internal static class YamlWriter
{
    private const string Indentation = "  ";

    // What YAML 1.1 takes as booleans beyond the core schema's.
    private static readonly HashSet<string> OldBooleans = new(StringComparer.OrdinalIgnoreCase) { "y", "n", "yes", "no", "on", "off" };

    /// <summary>Writes documents, separated by <c>---</c>.</summary>
    public static string Write(IEnumerable<SpecMapping> documents)
    {
        var output = new StringBuilder();
        foreach (var document in documents)
        {
            output.Append(output.Length > 0 ? "---\n" : "");
            WriteMapping(output, document, "", isInline: true);
        }

        return output.ToString();
    }

    // isInline: the first line's indentation stands already.
    private static void WriteMapping(StringBuilder output, SpecMapping mapping, string indentation, bool isInline)
    {
        foreach (var (key, value) in mapping.Entries)
        {
            output.Append(isInline ? "" : indentation);
            isInline = false;
            WriteText(output, key.Text);
            output.Append(':');
            WriteValue(output, value, indentation);
        }
    }

    private static void WriteValue(StringBuilder output, SpecNode value, string indentation)
    {
        switch (value)
        {
            case SpecMapping { Entries.Count: > 0 } mapping:
                output.Append('\n');
                WriteMapping(output, mapping, indentation + Indentation, isInline: false);
                break;
            case SpecSequence { Items.Count: > 0 } sequence:
                output.Append('\n');
                WriteSequence(output, sequence, indentation + Indentation);
                break;
            default:
                output.Append(' ');
                WriteLeaf(output, value, indentation);
                output.Append('\n');
                break;
        }
    }

    private static void WriteSequence(StringBuilder output, SpecSequence sequence, string indentation)
    {
        foreach (var item in sequence.Items)
        {
            output.Append(indentation).Append('-');
            if (item is SpecMapping { Entries.Count: > 0 } mapping)
            {
                output.Append(' ');
                WriteMapping(output, mapping, indentation + Indentation, isInline: true);
            }
            else
            {
                WriteValue(output, item, indentation);
            }
        }
    }

    private static void WriteLeaf(StringBuilder output, SpecNode leaf, string indentation)
    {
        switch (leaf)
        {
            case SpecScalar { Kind: ScalarKind.Text } scalar when IsBlock(scalar.Text):
                WriteBlock(output, scalar.Text, indentation + Indentation);
                break;
            case SpecScalar { Kind: ScalarKind.Text } scalar:
                WriteText(output, scalar.Text);
                break;
            case SpecScalar scalar:
                output.Append(scalar.Text);
                break;
            case SpecSequence:
                output.Append("[]");
                break;
            default:
                output.Append("{}");
                break;
        }
    }

    private static void WriteText(StringBuilder output, string text)
    {
        if (IsPlain(text))
        {
            output.Append(text);
        }
        else
        {
            WriteQuoted(output, text);
        }
    }

    // Narrower than YAML's plain scalars: nothing that could be an indicator, a comment, another type or a date anywhere.
    private static bool IsPlain(string text) =>
        text.Length > 0 && CoreSchema.Resolve(text) == ScalarKind.Text && !OldBooleans.Contains(text)
        && (char.IsAsciiLetterOrDigit(text[0]) || text[0] is '/' or '.' or '_')
        && text[^1] is not (' ' or ':') && !LooksLikeNumber(text)
        && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || char.IsLetter(c) || " -_./\\@:=+,()%~#!'".Contains(c, StringComparison.Ordinal));

    // Dates, times and sexagesimal numbers of YAML 1.1: digits with only signs, dots, colons and underscores between.
    private static bool LooksLikeNumber(string text) =>
        text.All(c => char.IsAsciiDigit(c) || "+-.:_ eETZxXob".Contains(c, StringComparison.Ordinal));

    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && text[0] is not (' ' or '\n' or '\t')
        && !text.EndsWith("\n\n", StringComparison.Ordinal)
        && text.Split('\n').All(line => !line.EndsWith(' ') && !line.StartsWith('\t') && !line.EndsWith('\t'))
        && text.All(c => c == '\n' || !NeedsEscape(c)) && text != "\n";

    private static void WriteBlock(StringBuilder output, string text, string indentation)
    {
        output.Append(text.EndsWith('\n') ? "|" : "|-");
        foreach (var line in text.EndsWith('\n') ? text[..^1].Split('\n') : text.Split('\n'))
        {
            output.Append('\n').Append(line.Length > 0 ? indentation : "").Append(line);
        }
    }

    private static void WriteQuoted(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    output.Append('\\').Append(c);
                    break;
                case '\n':
                    output.Append("\\n");
                    break;
                case '\t':
                    output.Append("\\t");
                    break;
                case var other when NeedsEscape(other):
                    output.Append(CultureInfo.InvariantCulture, $"\\u{(int)other:X4}");
                    break;
                default:
                    output.Append(c);
                    break;
            }
        }

        output.Append('"');
    }

    // Characters that can't be seen, or that YAML 1.1 takes as line breaks. Pairs of surrogates stand as they are.
    private static bool NeedsEscape(char c) => char.IsControl(c) || c >= '\uFFFE' || char.GetUnicodeCategory(c)
        is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}
