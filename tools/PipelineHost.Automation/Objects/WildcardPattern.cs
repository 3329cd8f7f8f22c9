using System.Text;
using System.Text.RegularExpressions;

namespace System.Management.Automation;

/// <summary>PowerShell's wildcards: * ? [a-z], escaped by a backtick.</summary>
public sealed class WildcardPattern
{
    private readonly string? _literal;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    public WildcardPattern(string pattern) : this(pattern, WildcardOptions.None) { }

    public WildcardPattern(string pattern, WildcardOptions options)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _comparison = options.HasFlag(WildcardOptions.IgnoreCase) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (pattern.AsSpan().IndexOfAny("*?[]`") < 0)
        {
            // Most patterns are names, lists of a module's exports above all; an automaton for each would take a second at every import.
            _literal = pattern;
            return;
        }
        RegexOptions regexOptions = RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;
        if (options.HasFlag(WildcardOptions.IgnoreCase)) regexOptions |= RegexOptions.IgnoreCase;
        _regex = new Regex(ToRegex(pattern), regexOptions);
    }

    public static WildcardPattern Get(string pattern, WildcardOptions options) => new(pattern, options);

    public bool IsMatch(string input) => input is not null && (_regex?.IsMatch(input) ?? input.Equals(_literal, _comparison));

    public static bool ContainsWildcardCharacters(string pattern)
    {
        if (pattern is null) return false;
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?' or '[' or ']') return true;
            if (pattern[i] == '`') i++;
        }
        return false;
    }

    public static string Escape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var text = new StringBuilder();
        foreach (char c in pattern) (c is '*' or '?' or '[' or ']' ? text.Append('`') : text).Append(c);
        return text.ToString();
    }

    public static string Unescape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var text = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '`' && i + 1 < pattern.Length && pattern[i + 1] is '*' or '?' or '[' or ']') i++;
            text.Append(pattern[Math.Min(i, pattern.Length - 1)]);
        }
        return text.ToString();
    }

    private static string ToRegex(string pattern)
    {
        var text = new StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '`' && i + 1 < pattern.Length) text.Append(Regex.Escape(pattern[++i].ToString()));
            else if (c == '*') text.Append(".*");
            else if (c == '?') text.Append('.');
            else if (c == '[' && pattern.IndexOf(']', i + 1) is int end and > 0)
            {
                text.Append('[').Append(pattern[(i + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("^", "\\^", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal)).Append(']');
                i = end;
            }
            else text.Append(Regex.Escape(c.ToString()));
        }
        return text.Append('$').ToString();
    }
}
