using System.Collections;
using System.Management.Automation;

namespace PipelineHost.Formatting;

/// <summary>Lays objects out as tables and lists, as PowerShell does by default.</summary>
internal static class Formatter
{
    private const int MaxTableProperties = 4;
    private const int EntryNameWidth = 30;

    public static IEnumerable<string> Lines(IEnumerable<object?> objects, Layout layout = Layout.Default, string[]? properties = null)
    {
        var group = new List<PSObject>();
        (Layout Layout, string Key)? shape = null;
        IReadOnlyList<Field> fields = [];
        foreach (object? item in objects.SelectMany(Entries))
        {
            if (item is null) continue;
            if (PSObject.Base(item) is FormattedText text || IsText(item))
            {
                foreach (string line in Show(shape?.Layout, fields, group)) yield return line;
                group.Clear();
                shape = null;
                if (PSObject.Base(item) is FormattedText ready) foreach (string line in ready.Lines) yield return line;
                else yield return PSObject.ToStringInvariant(item);
                continue;
            }
            var shell = PSObject.AsPSObject(item);
            string key = shell.TypeNames[0];
            if (shape is null || (properties is null && shape.Value.Key != key))
            {
                foreach (string line in Show(shape?.Layout, fields, group)) yield return line;
                group.Clear();
                (Layout chosen, fields) = Choose(shell, layout, properties);
                shape = (chosen, key);
            }
            group.Add(shell);
        }
        foreach (string line in Show(shape?.Layout, fields, group)) yield return line;
    }

    /// <summary>A dictionary is shown entry by entry.</summary>
    private static IEnumerable<object?> Entries(object? item) => PSObject.Base(item) is IDictionary map
        ? map.Cast<DictionaryEntry>().Cast<object?>()
        : [item];

    private static bool IsText(object item) =>
        PSObject.Base(item) is string or char or bool or Enum or Guid or DateTime or DateTimeOffset or TimeSpan or Version or Uri
        or decimal or SwitchParameter || PSObject.Base(item)!.GetType().IsPrimitive
            || LanguagePrimitives.IsNumeric(PSObject.Base(item)!.GetType());

    private static (Layout Layout, IReadOnlyList<Field> Fields) Choose(PSObject item, Layout layout, string[]? properties)
    {
        if (properties is not null) return (layout, Expand(item, properties));
        if (item.BaseObject is DictionaryEntry && layout != Layout.List)
            return (Layout.Table, [new Field("Name", "Key", EntryNameWidth), new Field("Value", "Value")]);
        if (ViewTable.Find(item, layout) is { } view) return (view.Layout, view.Fields);
        List<Field> all = TypeTable.DefaultDisplayOf(item) is { } shown
            ? Expand(item, shown)
            : [.. Names(item).Select(n => new Field(n, n))];
        return (layout != Layout.Default ? layout : all.Count <= MaxTableProperties ? Layout.Table : Layout.List, all);
    }

    private static IEnumerable<string> Names(PSObject item) => item.Properties.Select(p => p.Name);

    private static List<Field> Expand(PSObject item, string[] properties)
    {
        var fields = new List<Field>();
        foreach (string name in properties)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name)) fields.Add(new Field(item.Properties[name]?.Name ?? name, name));
            else fields.AddRange(Names(item).Where(new WildcardPattern(name, WildcardOptions.IgnoreCase).IsMatch)
                .Select(n => new Field(n, n)));
        }
        return fields;
    }

    private static IEnumerable<string> Show(Layout? layout, IReadOnlyList<Field> fields, List<PSObject> items) =>
        items.Count == 0 || fields.Count == 0 ? [] : layout == Layout.List ? List(fields, items) : Table(fields, items);

    private static IEnumerable<string> Table(IReadOnlyList<Field> fields, List<PSObject> items)
    {
        List<string[]> rows = [.. items.Select(i => fields.Select(f => Field.OneLine(f.Text(i))).ToArray())];
        int[] widths = [.. fields.Select((f, c) => f.Width > 0 ? f.Width : Math.Max(f.Label.Length, rows.Max(r => r[c].Length)))];
        bool[] right = [.. fields.Select(f => f.IsRight(items[0]))];
        yield return "";
        yield return Row([.. fields.Select(f => f.Label)]);
        yield return Row([.. fields.Select((f, c) => new string('-', Math.Min(f.Label.Length, widths[c])))]);
        foreach (string[] row in rows) yield return Row(row);
        yield return "";

        string Row(string[] cells) => string.Join(' ', cells.Select((text, c) =>
        {
            string fit = text.Length <= widths[c] ? text : widths[c] == 1 ? text[..1] : text[..(widths[c] - 1)] + "…";
            return right[c] ? fit.PadLeft(widths[c]) : fit.PadRight(widths[c]);
        })).TrimEnd();
    }

    private static IEnumerable<string> List(IReadOnlyList<Field> fields, List<PSObject> items)
    {
        int width = fields.Max(f => f.Label.Length);
        yield return "";
        foreach (PSObject item in items)
        {
            foreach (Field field in fields)
            {
                string begin = $"{field.Label.PadRight(width)} : ";
                foreach (string line in field.Text(item).ReplaceLineEndings("\n").Split('\n'))
                {
                    yield return (begin + line).TrimEnd();
                    begin = new string(' ', begin.Length);
                }
            }
            yield return "";
        }
    }
}
