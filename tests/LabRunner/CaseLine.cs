using System.Text;

namespace LabRunner;

/// <summary>One line of the runner's output: <c>pass</c>, the case's name and a text, with a tab between and before; what a case itself prints does not begin with a tab.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Case">The name of the case.</param>
/// <param name="Text">Milliseconds, an exception or a reason; may have several lines.</param>
public readonly record struct CaseLine(CaseEvent Event, string Case, string Text)
{
    /// <summary>The line, without its end.</summary>
    public override string ToString() => $"\t{Event.ToString().ToLowerInvariant()}\t{Escape(Case)}\t{Escape(Text)}";

    /// <summary>Reads a line.</summary>
    /// <returns>False if it is not the runner's.</returns>
    public static bool TryParse(string line, out CaseLine parsed)
    {
        parsed = default;
        ArgumentNullException.ThrowIfNull(line);
        if (line.Split('\t') is not ["", var word, var name, var text] || !Enum.TryParse<CaseEvent>(word, ignoreCase: true, out var what) || !Enum.IsDefined(what)) return false;
        parsed = new CaseLine(what, Unescape(name), Unescape(text));
        return true;
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || ++i == text.Length) plain.Append(text[Math.Min(i, text.Length - 1)]);
            else plain.Append(text[i] switch { 't' => '\t', 'r' => '\r', 'n' => '\n', var other => other });
        }

        return plain.ToString();
    }
}
