using System.Globalization;
using System.Text;

namespace VirtSpecs;

/// <summary>One thing that is wrong with a spec.</summary>
/// <param name="File">The file, <see langword="null"/> for text without one.</param>
/// <param name="Line">The line, from 1; 0 where it isn't known.</param>
/// <param name="Column">The column in UTF-16 units, from 1; 0 where it isn't known.</param>
/// <param name="Path">The key, such as <c>boot.kernel</c> or <c>disks[0].name</c>; empty for the document itself.</param>
/// <param name="Message">What is wrong, without the key.</param>
/// <param name="Hint">What to do about it, <see langword="null"/> if that is plain.</param>
public sealed record SpecError(string? File, int Line, int Column, string Path, string Message, string? Hint)
{
    /// <summary>The error in one line: <c>lab.yaml:12:3: processors: must be at most 8, not 9</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (File is not null)
        {
            text.Append(File).Append(':');
        }

        if (Line > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Line}:{Column}:");
        }

        text.Append(text.Length > 0 ? " " : "");
        text.Append(Path).Append(Path.Length > 0 ? ": " : "").Append(Message);
        return Hint is null ? text.ToString() : text.Append(" (").Append(Hint).Append(')').ToString();
    }
}
