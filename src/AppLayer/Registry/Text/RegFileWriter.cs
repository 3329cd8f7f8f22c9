using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Text;

/// <summary>Writes the text of a .reg file in regedit's form.</summary>
/// <param name="ansi">The encoding of version 4; null for version 5.</param>
internal sealed class RegFileWriter(Encoding? ansi)
{
    /// <summary>A line of bytes breaks at the first comma from this column on, and a backslash comes behind it.</summary>
    private const int LastColumn = 77;

    private readonly StringBuilder _text = new();

    /// <exception cref="ArgumentException">Data of version 4 is not text of the code page.</exception>
    internal ReadOnlySpan<char> Write(RegFile file)
    {
        _text.Append(ansi is null ? "Windows Registry Editor Version 5.00\r\n" : "REGEDIT4\r\n");
        foreach (var edit in file.Edits)
        {
            _text.Append("\r\n[").Append(edit.IsDeletion ? "-" : "").Append(edit.Root.Name());
            if (edit.Path.Length > 0) _text.Append('\\').Append(edit.Path);
            _text.Append("]\r\n");
            foreach (var value in edit.Values) Write(value);
        }

        return _text.Append("\r\n").ToString();
    }

    private void Write(RegistryValue value)
    {
        int start = _text.Length;
        if (value.Name.Length == 0) _text.Append('@');
        else Quote(value.Name);
        _text.Append('=');
        var data = value.Data.Span;
        if (value.IsTombstone)
        {
            _text.Append('-');
        }
        else if (value.Type == RegistryValueType.Dword && data.Length == 4)
        {
            _text.Append("dword:").Append(CultureInfo.InvariantCulture, $"{MemoryMarshal.Read<uint>(data):x8}");
        }
        else if (value.Type == RegistryValueType.String && IsPlain(data))
        {
            Quote(MemoryMarshal.Cast<byte, char>(data)[..^1]);
        }
        else
        {
            if (value.Type == RegistryValueType.Binary) _text.Append("hex:");
            else _text.Append(CultureInfo.InvariantCulture, $"hex({(uint)value.Type:x}):");
            Bytes(Encoded(value), _text.Length - start);
        }

        _text.Append("\r\n");
    }

    // Text with control characters goes as bytes, since line breaks and escapes in quotes are not read alike by all.
    private static bool IsPlain(ReadOnlySpan<byte> data) =>
        data.Length >= 2 && data.Length % 2 == 0 && data[^2..] is [0, 0]
        && !MemoryMarshal.Cast<byte, char>(data)[..^1].ContainsAnyInRange('\0', '\x1F');

    private ReadOnlySpan<byte> Encoded(RegistryValue value)
    {
        var data = value.Data.Span;
        bool isText = value.Type is RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString;
        if (ansi is null || !isText) return data;
        try
        {
            if (data.Length % 2 == 0) return ansi.GetBytes(MemoryMarshal.Cast<byte, char>(data).ToArray());
        }
        catch (EncoderFallbackException error)
        {
            string message = $"The value '{value.Name}' is not text of code page {ansi.CodePage}; write version 5.";
            throw new ArgumentException(message, nameof(value), error);
        }

        throw new ArgumentException($"The value '{value.Name}' is text of an odd number of bytes; write version 5.", nameof(value));
    }

    private void Bytes(ReadOnlySpan<byte> data, int column)
    {
        for (int i = 0; i < data.Length; i++)
        {
            _text.Append((char)"0123456789abcdef"u8[data[i] >> 4]).Append((char)"0123456789abcdef"u8[data[i] & 15]);
            if (i == data.Length - 1) break;
            _text.Append(',');
            column += 3;
            if (column >= LastColumn)
            {
                _text.Append("\\\r\n  ");
                column = 2;
            }
        }
    }

    private void Quote(ReadOnlySpan<char> content)
    {
        _text.Append('"');
        while (content.Length > 0)
        {
            int plain = content.IndexOfAny("\\\"\n\r\0");
            if (plain < 0) plain = content.Length;
            _text.Append(content[..plain]);
            content = content[plain..];
            if (content.Length == 0) break;
            _text.Append('\\').Append(content[0] switch { '\n' => 'n', '\r' => 'r', '\0' => '0', var other => other });
            content = content[1..];
        }

        _text.Append('"');
    }
}
