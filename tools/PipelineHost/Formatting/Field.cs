using System.Globalization;
using System.Management.Automation;
using PipelineHost.Execution;

namespace PipelineHost.Formatting;

/// <summary>A column of a table or a line of a list.</summary>
/// <param name="Width">In characters; 0: as wide as needed.</param>
/// <param name="Right">Null: by what the first object has in it, since PowerShell looks no further.</param>
internal sealed record Field(string Label, string Property, int Width = 0, bool? Right = null, string? Format = null)
{
    private const int MaxElements = 4;

    /// <summary>What an object has in it, as text; it may have several lines.</summary>
    public string Text(object item)
    {
        object? value;
        try
        {
            Members.TryGet(item, Property, out value);
            if (Format is not null)
                return string.Format(CultureInfo.InvariantCulture, Format.Contains("{0", StringComparison.Ordinal)
                    ? Format
                    : $"{{0:{Format}}}", PSObject.Base(value));
        }
        catch (RuntimeException)
        {
            // As in PowerShell, a property that can't be read shows nothing.
            return "";
        }
        if (LanguagePrimitives.GetEnumerable(value) is not { } list) return PSObject.ToStringInvariant(value);
        List<string> shown = [.. list.Cast<object?>().Take(MaxElements + 1).Select(v => OneLine(PSObject.ToStringInvariant(v)))];
        return $"{{{string.Join(", ", shown.Take(MaxElements))}{(shown.Count > MaxElements ? "…" : "")}}}";
    }

    public bool IsRight(object first) => Right ?? (Members.TryGet(first, Property, out object? value) && PSObject.Base(value) is { } known
        && (known is Enum or bool or char || LanguagePrimitives.IsNumeric(known.GetType())));

    /// <summary>A text in one line.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
