using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace VirtSpecs.Yaml;

/// <summary>The characters of a YAML stream, or what is wrong with them (YAML 1.2.2, sections 5.1 and 5.2).</summary>
/// <param name="Text">The characters without a byte order mark.</param>
/// <param name="Fault">The first thing wrong, <see langword="null"/> if nothing.</param>
internal sealed record SourceText(string Text, SourceText.CharacterFault? Fault)
{
    /// <summary>Decodes UTF-8.</summary>
    public static SourceText Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xFE]) || bytes.StartsWith<byte>([0xFE, 0xFF]))
        {
            return new("", new(new(1, 1), "is UTF-16", "save the file as UTF-8"));
        }

        if (Utf8.IsValid(bytes))
        {
            return Check(Encoding.UTF8.GetString(bytes));
        }

        var valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            valid += length;
        }

        var position = PositionAt(Encoding.UTF8.GetString(bytes[..valid]));
        return new("", new(position, $"has the byte 0x{bytes[valid]:X2}, which is not UTF-8 here", "save the file as UTF-8"));
    }

    /// <summary>Looks for characters that YAML doesn't have.</summary>
    public static SourceText Check(string text)
    {
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        for (var i = 0; i < text.Length; i++)
        {
            var pairs = char.IsSurrogate(text[i]) && i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (pairs)
            {
                i++;
            }
            else if (!IsPrintable(text[i]))
            {
                var character = ((int)text[i]).ToString("X4", CultureInfo.InvariantCulture);
                return new("", new(PositionAt(text.AsSpan(0, i)), $"has the character U+{character}, which YAML doesn't allow", null));
            }
        }

        return new(text, null);
    }

    private static bool IsPrintable(char c) =>
        c is '\t' or '\n' or '\r' or '\u0085' || !(char.IsControl(c) || char.IsSurrogate(c) || c >= '\uFFFE');

    private static SpecPosition PositionAt(ReadOnlySpan<char> before) =>
        new(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));

    /// <summary>A character that doesn't belong into a stream.</summary>
    internal sealed record CharacterFault(SpecPosition Position, string Message, string? Hint);
}
