using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Text;

/// <summary>Writes Wine's text registry as server/registry.c (save_subkeys, dump_value) and server/unicode.c (dump_strW) do.</summary>
internal readonly ref struct WineRegistryWriter(TextBuffer output)
{
    /// <summary>A line of bytes breaks after the first comma beyond this column.</summary>
    private const int LastColumn = 76;

    // Two digits and a comma for each byte, in the order in which they lie in memory.
    private static readonly uint[] HexBytes = [.. Enumerable.Range(0, 256).Select(value =>
        BitConverter.ToUInt32([(byte)"0123456789abcdef"[value >> 4], (byte)"0123456789abcdef"[value & 15], (byte)',', 0]))];

    private static readonly SearchValues<char> PlainInKey = Plain("\\[]");
    private static readonly SearchValues<char> PlainInText = Plain("\\\"");

    internal void Write(WineRegistryFile file)
    {
        Raw("WINE REGISTRY Version 2\n"u8);
        if (file.BaseKey is { } baseKey)
        {
            Raw(";; All keys relative to "u8);
            Remark(baseKey.Replace(@"\", @"\\", StringComparison.Ordinal));
        }

        foreach (var remark in file.Remarks) Remark(remark);
        if (file.Architecture == WineArchitecture.Win32) Raw("\n#arch=win32\n"u8);
        if (file.Architecture == WineArchitecture.Win64) Raw("\n#arch=win64\n"u8);
        foreach (var section in file.Sections) Write(section);
    }

    /// <summary>Writes a key's path as it stands between the brackets.</summary>
    internal void Path(string path)
    {
        for (int start = 0; start < path.Length;)
        {
            int length = path.AsSpan(start).IndexOf('\\');
            if (length < 0) length = path.Length - start;
            if (start > 0) Raw(@"\\"u8);
            Name(path.AsSpan(start, length));
            start += length + 1;
        }
    }

    /// <summary>Writes a part of a path.</summary>
    internal void Name(ReadOnlySpan<char> name) => Escape(name, PlainInKey);

    /// <summary>Writes what stands behind a key's path.</summary>
    internal void Attributes(uint? seconds, FileTime? lastWrite, string? className, bool isLink)
    {
        if (seconds is { } number)
        {
            Raw(" "u8);
            Number(number, default);
        }

        Raw("\n"u8);
        if (lastWrite is { } time)
        {
            // The upper half has no zeros before it, the lower half all of its own.
            Raw("#time="u8);
            Number((uint)(time.Ticks >> 32), 'x');
            Number((uint)time.Ticks, new('x', 8));
            Raw("\n"u8);
        }

        if (className is not null)
        {
            Raw("#class=\""u8);
            Escape(className, PlainInText);
            Raw("\"\n"u8);
        }

        if (isLink) Raw("#link\n"u8);
    }

    private void Write(WineRegistrySection section)
    {
        Raw("\n["u8);
        Path(section.Path);
        Raw("]"u8);
        Attributes(section.Seconds, section.Time, section.Class, section.IsLink);
        foreach (var remark in section.Remarks) Remark(remark);
        foreach (var value in section.Values) Value(value);
    }

    internal void Value(RegistryValue value)
    {
        int column = 2;
        if (value.Name.Length == 0)
        {
            Raw("@="u8);
        }
        else
        {
            Raw("\""u8);
            column = 3 + Escape(value.Name, PlainInText);
            Raw("\"="u8);
        }

        var data = value.Data.Span;
        switch (value.Type)
        {
            // Only what ends with a NUL is written as text, without that NUL.
            case RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString
                when data.Length >= 2 && data.Length % 2 == 0 && data[^2..] is [0, 0]:
                if (value.Type != RegistryValueType.String) Raw(value.Type == RegistryValueType.ExpandString ? "str(2):"u8 : "str(7):"u8);
                Raw("\""u8);
                Escape(MemoryMarshal.Cast<byte, char>(data)[..^1], PlainInText);
                Raw("\"\n"u8);
                return;
            case RegistryValueType.Dword when data.Length == 4:
                Raw("dword:"u8);
                Number(MemoryMarshal.Read<uint>(data), new('x', 8));
                Raw("\n"u8);
                return;
            case RegistryValueType.Binary:
                Raw("hex:"u8);
                column += 4;
                break;
            default:
                Raw("hex("u8);
                column += 4 + Number((uint)value.Type, 'x') + 2;
                Raw("):"u8);
                break;
        }

        Bytes(data, column);
        Raw("\n"u8);
    }

    private void Bytes(ReadOnlySpan<byte> data, int column)
    {
        while (data.Length > 0)
        {
            // As many as come before the break: the first whose comma is beyond the column is the last.
            int count = Math.Min(data.Length, Math.Max(1, (LastColumn - column) / 3 + 1));
            var span = output.GetSpan(count * 3 + 4);
            int at = 0;
            foreach (byte value in data[..count])
            {
                // One byte more than is kept.
                MemoryMarshal.Write(span[at..], in HexBytes[value]);
                at += 3;
            }

            data = data[count..];
            if (data.Length == 0)
            {
                at--;
            }
            else
            {
                "\\\n  "u8.CopyTo(span[at..]);
                at += 4;
                column = 2;
            }

            output.Advance(at);
        }
    }

    /// <returns>The bytes written.</returns>
    private int Escape(ReadOnlySpan<char> text, SearchValues<char> plain)
    {
        int written = 0;
        while (text.Length > 0)
        {
            int count = text.IndexOfAnyExcept(plain);
            if (count < 0) count = text.Length;
            if (count > 0)
            {
                Encoding.ASCII.GetBytes(text[..count], output.GetSpan(count));
                output.Advance(count);
                written += count;
                text = text[count..];
                continue;
            }

            char unit = text[0];
            text = text[1..];
            var escape = output.GetSpan(16);
            escape[0] = (byte)'\\';
            int length = 2;
            if (unit > 127)
            {
                escape[1] = (byte)'x';
                bool digitFollows = text.Length > 0 && char.IsAsciiHexDigit(text[0]);
                Format(unit, escape[2..], new('x', digitFollows ? (byte)4 : StandardFormat.NoPrecision), out int digits);
                length += digits;
            }
            else if (unit >= ' ')
            {
                escape[1] = (byte)unit;
            }
            else if (".......abtnvfr.............e...."u8[unit] is var letter && letter != '.')
            {
                escape[1] = letter;
            }
            else
            {
                // Octal, with three digits where one more would be taken for a part of it.
                length = 1;
                bool digitFollows = text.Length > 0 && text[0] is >= '0' and <= '7';
                if (digitFollows) escape[length++] = (byte)'0';
                if (digitFollows || unit >= 8) escape[length++] = (byte)('0' + (unit >> 3));
                escape[length++] = (byte)('0' + (unit & 7));
            }

            output.Advance(length);
            written += length;
        }

        return written;
    }

    private void Remark(string line)
    {
        Raw(Encoding.UTF8.GetBytes(line));
        Raw("\n"u8);
    }

    private int Number(uint number, StandardFormat format)
    {
        Format(number, output.GetSpan(16), format, out int written);
        output.Advance(written);
        return written;
    }

    private static void Format(uint number, Span<byte> span, StandardFormat format, out int written)
    {
        // A number has at most ten digits, and all callers have room for them.
        Utf8Formatter.TryFormat(number, span, out written, format);
    }

    private void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private static SearchValues<char> Plain(string special) =>
        SearchValues.Create([.. Enumerable.Range(' ', 128 - ' ').Select(unit => (char)unit).Except(special)]);
}
