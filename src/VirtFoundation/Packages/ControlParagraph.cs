using System.Text;

namespace VirtFoundation.Packages;

/// <summary>One paragraph of Debian control data: fields with their values (Debian policy, 5.1).</summary>
internal sealed class ControlParagraph
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the first paragraph of a text; one without fields if there is none.</summary>
    internal static ControlParagraph Parse(string text) => ParseAll(text).FirstOrDefault() ?? new();

    /// <summary>Reads the paragraphs of a text, one when it is asked for.</summary>
    internal static IEnumerable<ControlParagraph> ParseAll(string text)
    {
        var paragraph = new ControlParagraph();
        string? field = null;
        var value = new StringBuilder();
        foreach (string raw in text.Split('\n').Append(""))
        {
            string line = raw.TrimEnd('\r');
            if (line.Length == 0)
            {
                if (field is null) continue;
                paragraph._fields[field] = value.ToString();
                yield return paragraph;
                (paragraph, field) = (new(), null);
                value.Clear();
                continue;
            }
            if (line[0] is ' ' or '\t')
            {
                value.Append('\n').Append(line.AsSpan().Trim());
                continue;
            }
            int colon = line.IndexOf(':');
            if (colon <= 0) continue;
            if (field is not null) paragraph._fields[field] = value.ToString();
            field = line[..colon];
            value.Clear().Append(line.AsSpan(colon + 1).Trim());
        }
    }

    /// <summary>A field's value, or an empty string.</summary>
    internal string this[string field] => _fields.GetValueOrDefault(field, "");

    /// <summary>The packages that must be there too: the first alternative of each dependency, without versions.</summary>
    internal List<string> Dependencies()
    {
        var names = new List<string>();
        foreach (string field in (string[])["Pre-Depends", "Depends"])
            foreach (string dependency in this[field].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                string name = dependency.Split('|')[0].Trim().Split(' ', '(', ':')[0];
                if (name.Length > 0 && !names.Contains(name)) names.Add(name);
            }
        return names;
    }
}
