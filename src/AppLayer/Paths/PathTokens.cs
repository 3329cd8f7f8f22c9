using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace AppLayer.Paths;

/// <summary>
/// Writes text with the names of known roots in place of their paths on one system, and back. On the same system the way there and back
/// gives the same text, whatever it is; on another one it gives that one's paths.
/// </summary>
/// <remarks>
/// A token is <c>{Name}</c>; <c>{Name:short}</c> is the path with short names, and other words behind the colon are other ways to write it
/// (<see cref="PathForms"/>); <c>{Name~case}</c> says how the text's case differs from the root's (<see cref="LetterCase"/>). Text that looks
/// like a token has <c>{{}</c> for its brace.
/// </remarks>
public sealed class PathTokens
{
    /// <summary>UTF-16 units that most texts have room in.</summary>
    internal const int Usual = 256;

    private const string Brace = "{{}";
    private const char CaseMark = '~';
    private static readonly SearchValues<char> PathEnds = SearchValues.Create("\\/\"'<>|*?:;,)]}%\0\t\r\n");

    private readonly Dictionary<string, RootLocation> _roots = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Spelling> _spellings = [];
    private readonly SearchValues<char> _starts;

    /// <summary>Tokens for a system.</summary>
    /// <param name="roots">Its roots. Where two have the same path, the first is written.</param>
    /// <exception cref="ArgumentException">A name isn't one, or there twice.</exception>
    public PathTokens(IEnumerable<RootLocation> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        foreach (var root in roots)
        {
            if (NameLength(root.Name) != root.Name.Length || root.Name.Length == 0 || !_roots.TryAdd(root.Name, root))
            {
                throw new ArgumentException($"'{root.Name}' isn't a root's name, or is there twice.", nameof(roots));
            }

            foreach (var form in PathForms.All)
            {
                AddSpelling(root, form);
            }
        }

        // A stable sort: the first of those of one length stays the first.
        _spellings = [.. _spellings.OrderByDescending(spelling => spelling.Text.Length)];
        var starts = _spellings.Select(spelling => spelling.Text[0]);
        _starts = SearchValues.Create([.. starts, .. starts.Select(LetterCase.Toggle), '{']);
    }

    /// <summary>The text with tokens; the longest path that matches is taken.</summary>
    public string Tokenise(string text, TokenScope scope = TokenScope.Text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? result = null;
        var copied = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var step = text.AsSpan(at).IndexOfAny(_starts);
            if (step < 0)
            {
                break;
            }

            at += step;
            if (TryMatch(text, at, scope, out var spelling))
            {
                var length = spelling.Text.Length;
                var letterCase = LetterCase.Describe(text.AsSpan(at, length), spelling.Text);
                result ??= new();
                result.Append(text, copied, at - copied).Append('{').Append(spelling.Root.Name).Append(spelling.Form);
                result.Append(letterCase.Length == 0 ? "" : $"{CaseMark}{letterCase}").Append('}');
                copied = at + length;
                at = copied - 1;
            }
            else if (text[at] == '{' && TokenLength(text.AsSpan(at)) > 0)
            {
                result ??= new();
                result.Append(text, copied, at - copied).Append(Brace);
                copied = at + 1;
            }
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Whether there is a token in the text, so that it isn't what it stands for. It doesn't depend on the roots.</summary>
    public static bool HasTokens(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('{'); at >= 0; at = text.IndexOf('{'))
        {
            if (TokenLength(text[at..]) > 0)
            {
                return true;
            }

            text = text[(at + 1)..];
        }

        return false;
    }

    /// <summary>The text with this system's paths.</summary>
    /// <exception cref="PathTokenException">It holds a token of a root that this system doesn't have, or one for a path where none can
    /// be.</exception>
    public string Detokenise(string text, TokenScope scope = TokenScope.Text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!HasTokens(text))
        {
            return text;
        }

        var output = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[Usual]);
        Detokenise(text, scope, ref output);
        return output.ToStringAndClear();
    }

    /// <summary>Writes the text with this system's paths.</summary>
    /// <inheritdoc cref="Detokenise(string, TokenScope)"/>
    internal void Detokenise(ReadOnlySpan<char> text, TokenScope scope, ref DefaultInterpolatedStringHandler output)
    {
        var (at, copied) = (0, 0);
        while (text[at..].IndexOf('{') is var brace and >= 0)
        {
            at += brace;
            var length = TokenLength(text[at..]);
            if (length == 0)
            {
                at++;
                continue;
            }

            var token = text.Slice(at, length);
            output.AppendFormatted(text[copied..at]);
            output.AppendFormatted(token is Brace ? "{" : Replacement(token, at, scope));
            copied = at += length;
        }

        output.AppendFormatted(text[copied..]);
    }

    /// <summary>The length of the token that text begins with, or 0. What a token looks like doesn't depend on the roots.</summary>
    private static int TokenLength(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(Brace))
        {
            return Brace.Length;
        }

        var name = NameLength(text[1..]);
        if (name == 0)
        {
            return 0;
        }

        var at = 1 + name;
        at += PathForms.At(text[at..]).Length;
        if (at < text.Length && text[at] == CaseMark)
        {
            var end = text[at..].IndexOf('}');
            if (end < 2 || !LetterCase.IsDescription(text.Slice(at + 1, end - 1)))
            {
                return 0;
            }

            at += end;
        }

        return at < text.Length && text[at] == '}' ? at + 1 : 0;
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetter(text[length]) || (length > 0 && char.IsAsciiDigit(text[length]))))
        {
            length++;
        }

        return length;
    }

    private string Replacement(ReadOnlySpan<char> token, int position, TokenScope scope)
    {
        var name = token.Slice(1, NameLength(token[1..]));
        if (!_roots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var root))
        {
            throw new PathTokenException(token.ToString(), position, "there is no root of that name here");
        }

        if (scope == TokenScope.Name && root.Kind != RootKind.Identifier)
        {
            throw new PathTokenException(token.ToString(), position, "a name can't hold a path");
        }

        var rest = token[(1 + name.Length)..^1];
        var form = PathForms.At(rest);
        rest = rest[form.Length..];
        return LetterCase.Apply(rest.IsEmpty ? rest : rest[1..], PathForms.Write(root, form));
    }

    private void AddSpelling(RootLocation root, string form)
    {
        var text = PathForms.Write(root, form);
        if (text.Length > 0 && (form.Length == 0 || (root.Kind == RootKind.Path && !_spellings.Exists(other => other.Root == root && other.Text == text))))
        {
            _spellings.Add(new(root, text, form));
        }
    }

    private bool TryMatch(string text, int at, TokenScope scope, out Spelling found)
    {
        foreach (var spelling in _spellings)
        {
            var end = at + spelling.Text.Length;
            var kind = spelling.Root.Kind;
            if ((scope == TokenScope.Text || kind == RootKind.Identifier) && LetterCase.Matches(text.AsSpan(at), spelling.Text)
                && Begins(text, at, kind) && Ends(text, end, spelling))
            {
                found = spelling;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Whether text may begin here, rather than in the middle of a word.</summary>
    private static bool Begins(string text, int at, RootKind kind) =>
        at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || (kind == RootKind.Identifier && text[at - 1] == '-'));

    /// <summary>
    /// Whether it ends here: an identifier before more digits is another one's, a path before what may be in a file's name is.
    /// </summary>
    private static bool Ends(string text, int end, Spelling spelling)
    {
        if (end == text.Length)
        {
            return true;
        }

        // In a URL a name goes on after a percent sign.
        return spelling.Root.Kind == RootKind.Path
            ? PathEnds.Contains(text[end]) && !(text[end] == '%' && spelling.Form == PathForms.Url)
            : !(char.IsLetterOrDigit(text[end]) || text[end] == '-');
    }

    private readonly record struct Spelling(RootLocation Root, string Text, string Form);
}
