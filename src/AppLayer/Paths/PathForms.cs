using System.Text;

namespace AppLayer.Paths;

/// <summary>The ways in which programs write a path. Each is a word behind the root's name in a token.</summary>
internal static class PathForms
{
    /// <summary>With short names: <c>C:\PROGRA~1</c>.</summary>
    internal const string Short = ":short";

    /// <summary>With slashes: <c>C:/Program Files</c>, also behind <c>file:///</c>.</summary>
    internal const string Slash = ":slash";

    /// <summary>With every backslash twice, as in source texts: <c>C:\\Program Files</c>.</summary>
    internal const string Doubled = ":doubled";

    /// <summary>As in a URL: <c>C:/Program%20Files</c>.</summary>
    internal const string Url = ":url";

    /// <summary>All; the first that gives a text is written. The empty one is the plain path.</summary>
    internal static readonly string[] All = ["", Short, Slash, Doubled, Url];

    /// <summary>The form that text begins with, or the empty one.</summary>
    internal static string At(ReadOnlySpan<char> text)
    {
        foreach (var form in All.AsSpan(1))
        {
            if (text.StartsWith(form))
            {
                return form;
            }
        }

        return "";
    }

    /// <summary>A root's path in a form; the plain one where it has no short names.</summary>
    internal static string Write(RootLocation root, string form) => form switch
    {
        Short => root.ShortText ?? root.Text,
        Slash => root.Text.Replace('\\', '/'),
        Doubled => root.Text.Replace(@"\", @"\\", StringComparison.Ordinal),
        Url => Escape(root.Text.Replace('\\', '/')),
        _ => root.Text,
    };

    /// <summary>Percent signs for what a URL can't hold, or what ends its path; brackets stay, as browsers leave them.</summary>
    private static string Escape(string path)
    {
        var url = new StringBuilder();
        foreach (var rune in path.EnumerateRunes())
        {
            var text = rune.ToString();
            url.Append(rune.IsAscii && text is not (" " or "%" or "#" or "?") ? text : Uri.EscapeDataString(text));
        }

        return url.ToString();
    }
}
