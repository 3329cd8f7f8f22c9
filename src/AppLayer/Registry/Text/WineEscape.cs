namespace AppLayer.Registry.Text;

/// <summary>How characters are written after a backslash in Wine's text registry (server/unicode.c, parse_strW).</summary>
internal static class WineEscape
{
    /// <summary>Reads what is behind a backslash.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place behind the backslash, where something is; afterwards that behind what was read.</param>
    internal static char Read(ReadOnlySpan<byte> text, ref int at)
    {
        byte kind = text[at++];
        switch (kind)
        {
            case (byte)'a': return '\a';
            case (byte)'b': return '\b';
            case (byte)'e': return '\e';
            case (byte)'f': return '\f';
            case (byte)'n': return '\n';
            case (byte)'r': return '\r';
            case (byte)'t': return '\t';
            case (byte)'v': return '\v';
            case (byte)'x' when at < text.Length && char.IsAsciiHexDigit((char)text[at]):
                int unit = 0;
                for (int end = at + 4; at < end && at < text.Length && char.IsAsciiHexDigit((char)text[at]); at++)
                {
                    unit = (unit << 4) | Digit(text[at]);
                }

                return (char)unit;
            case >= (byte)'0' and <= (byte)'7':
                int octal = kind - '0';
                for (int end = at + 2; at < end && at < text.Length && text[at] is >= (byte)'0' and <= (byte)'7'; at++)
                {
                    octal = (octal << 3) | (text[at] - '0');
                }

                return (char)octal;
            default:
                // Any other character stands for itself, as in wineserver.
                return (char)kind;
        }
    }

    /// <summary>Reads ASCII text.</summary>
    /// <param name="text">The text, without what stands around it.</param>
    /// <param name="destination">Where to; it has room for as many units as the text has bytes.</param>
    /// <returns>The units.</returns>
    internal static int Read(ReadOnlySpan<byte> text, Span<char> destination)
    {
        int count = 0;
        for (int at = 0; at < text.Length;)
        {
            int plain = text[at..].IndexOf((byte)'\\');
            if (plain < 0) plain = text.Length - at;
            System.Text.Encoding.Latin1.GetChars(text.Slice(at, plain), destination[count..]);
            count += plain;
            at += plain + 1;
            if (at < text.Length) destination[count++] = Read(text, ref at);
        }

        return count;
    }

    internal static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
