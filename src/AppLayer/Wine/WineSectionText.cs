using System.Globalization;
using AppLayer.Registry.Text;

namespace AppLayer.Wine;

/// <summary>What a registry file says of one key, as text: its attributes are read, its values are only told apart.</summary>
internal readonly ref struct WineSectionText
{
    private readonly ReadOnlySpan<byte> _text;

    /// <param name="text">The section, from the line break before the bracket on, or nothing.</param>
    internal WineSectionText(ReadOnlySpan<byte> text)
    {
        _text = text;
        var at = text.Length == 0 ? 0 : 2 + text[2..].IndexOf((byte)'\n') + 1;
        while (at < text.Length && text[at] is not ((byte)'"' or (byte)'@'))
        {
            var length = text[at..].IndexOf((byte)'\n') + 1;
            if (length == 0) break;
            var line = text.Slice(at, length - 1);
            if (line.StartsWith("#time="u8)
                && ulong.TryParse(line[6..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks))
            {
                LastWrite = new(ticks);
            }
            else
            {
                IsLink |= line.SequenceEqual("#link"u8);
                Class = line.StartsWith("#class=\""u8) && line[8..].EndsWith("\""u8) ? Text(line[8..^1]) : Class;
            }

            at += length;
        }

        ValuesAt = at;
    }

    internal FileTime LastWrite { get; }

    internal string? Class { get; }

    internal bool IsLink { get; }

    /// <summary>Where the values begin.</summary>
    internal int ValuesAt { get; }

    /// <summary>All that the section says but for when the key was changed, to compare.</summary>
    internal ReadOnlySpan<byte> Content
    {
        get
        {
            var time = _text.IndexOf("\n#time="u8);
            if (time < 0 || time > ValuesAt) return _text[ValuesAt..];
            return _text[(time + 1 + _text[(time + 1)..].IndexOf((byte)'\n') + 1)..];
        }
    }

    /// <summary>The length of the value's text that begins at a place.</summary>
    internal int ValueLength(int at)
    {
        var length = 0;
        while (at + length < _text.Length)
        {
            var line = _text[(at + length)..].IndexOf((byte)'\n');
            if (line < 0) return _text.Length - at;
            length += line + 1;

            // Only bytes go on in the next line.
            if (line == 0 || _text[at + length - 2] != '\\') break;
        }

        return length;
    }

    /// <summary>The name of the value whose text begins at a place.</summary>
    internal string ValueName(int at)
    {
        if (_text[at] == '@') return "";
        var end = at + 1;
        while (end < _text.Length && _text[end] != '"') end += _text[end] == '\\' ? 2 : 1;
        return Text(_text[(at + 1)..Math.Min(end, _text.Length)]);
    }

    private static string Text(ReadOnlySpan<byte> escaped)
    {
        var units = escaped.Length <= 256 ? stackalloc char[256] : new char[escaped.Length];
        return new(units[..WineEscape.Read(escaped, units)]);
    }
}
