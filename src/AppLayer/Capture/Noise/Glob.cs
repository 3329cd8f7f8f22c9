namespace AppLayer.Capture.Noise;

/// <summary>
/// Matches names with <c>*</c> and <c>?</c>, and paths with <c>**</c>. Both go back to the last star alone, which is enough: a hostile
/// pattern costs the product of the lengths and no more.
/// </summary>
internal static class Glob
{
    /// <summary>As a segment: any number of segments; at a pattern's end at least one.</summary>
    internal const string AnySegments = "**";

    /// <summary>Whether a path matches a pattern, segment by segment.</summary>
    internal static bool IsMatch(ReadOnlySpan<string> path, ReadOnlySpan<string> pattern, bool ignoreCase)
    {
        int at = 0, mark = 0, star = -1, next = 0;
        while (at < path.Length)
        {
            if (next < pattern.Length && pattern[next] == AnySegments)
            {
                (star, mark) = (next++, at);
                if (next == pattern.Length)
                {
                    return true;
                }
            }
            else if (next < pattern.Length && IsNameMatch(path[at], pattern[next], ignoreCase))
            {
                at++;
                next++;
            }
            else if (star >= 0)
            {
                (at, next) = (++mark, star + 1);
            }
            else
            {
                return false;
            }
        }

        return next == pattern.Length;
    }

    /// <summary>Whether a name matches a pattern; <c>?</c> is one UTF-16 unit.</summary>
    internal static bool IsNameMatch(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern, bool ignoreCase)
    {
        int at = 0, mark = 0, star = -1, next = 0;
        while (at < name.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                (star, mark) = (next++, at);
            }
            else if (next < pattern.Length && (pattern[next] == '?' || Same(name[at], pattern[next], ignoreCase)))
            {
                at++;
                next++;
            }
            else if (star >= 0)
            {
                (at, next) = (++mark, star + 1);
            }
            else
            {
                return false;
            }
        }

        return !pattern[next..].ContainsAnyExcept('*');
    }

    private static bool Same(char left, char right, bool ignoreCase) =>
        left == right || (ignoreCase && char.ToUpperInvariant(left) == char.ToUpperInvariant(right));
}
