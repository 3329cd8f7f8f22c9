using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Text;

/// <summary>Reads the text of a .reg file. What regedit passes over in silence is an error here, so that no edit gets lost.</summary>
/// <param name="text">The text.</param>
/// <param name="ansi">How texts in hexadecimal are encoded, or null for UTF-16.</param>
/// <param name="limits">The limits.</param>
internal ref struct RegFileReader(ReadOnlySpan<char> text, Encoding? ansi, RegistryTextLimits limits)
{
    private const string HexDigits = "0123456789abcdefABCDEF";

    private static readonly SearchValues<char> Hex = SearchValues.Create(HexDigits);

    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _keys;
    private int _values;
    private char[] _unescaped = new char[256];
    private byte[] _data = new byte[256];

    internal RegFile Read()
    {
        SkipSpaces();
        if (!TakeLine("Windows Registry Editor Version 5.00") && !TakeLine("REGEDIT4"))
        {
            throw Expected("'Windows Registry Editor Version 5.00' or 'REGEDIT4'");
        }

        ExpectEnd();
        CheckLine();
        var file = new RegFile();
        RegKeyEdit? key = null;
        List<RegistryValue> values = [];
        while (NextLine())
        {
            SkipSpaces();
            switch (Peek())
            {
                case '[':
                    key = ReadKey(key);
                    values = [];
                    file.Edits.Add(key = key with { Values = values });
                    break;
                case '@' or '"' when key is null:
                    throw Expected("a key before the first value");
                case '@' or '"' when key.IsDeletion:
                    throw Expected("a key; one that is deleted has no values");
                case '@' or '"':
                    if (++_values > limits.Values) throw Expected($"at most {limits.Values} values");
                    values.Add(ReadValue());
                    break;
                case '#':
                    SkipLine();
                    break;
                default:
                    ExpectEnd("a key, a value or a comment");
                    break;
            }
        }

        return file;
    }

    private RegKeyEdit ReadKey(RegKeyEdit? last)
    {
        _at++;
        int length = _text[_at..].IndexOfAny('\r', '\n');
        var line = length < 0 ? _text[_at..] : _text.Slice(_at, length);
        bool delete = line is ['-', ..];
        if (delete)
        {
            _at++;
            line = line[1..];
        }

        // Names hold brackets, so the last one ends the path.
        int end = line.LastIndexOf(']');
        if (end < 0) throw Expected("a path that ends with ']' in its line");
        int slash = line[..end].IndexOf('\\');
        var rootName = line[..(slash < 0 ? end : slash)];
        if (!RegRoots.TryParse(rootName, out var root))
        {
            throw Expected("HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, HKEY_CLASSES_ROOT, HKEY_USERS or HKEY_CURRENT_CONFIG");
        }

        int at = _at + rootName.Length + 1;
        string path = slash < 0 ? "" : ReadPath(line[(slash + 1)..end], at);
        if (delete && path.Length == 0) throw Expected("a key below a root; roots cannot be deleted");

        int start = WineRegistryReader.CommonParents(last is not null && last.Root == root ? last.Path : "", path, out _);
        _keys += 1 + (start < path.Length ? path.AsSpan(start).Count('\\') : 0);
        if (_keys > limits.Keys) throw Expected($"at most {limits.Keys} keys");
        _at += end + 1;
        ExpectEnd();
        return new(root, path) { IsDeletion = delete };
    }

    private readonly string ReadPath(ReadOnlySpan<char> path, int at)
    {
        path = path.TrimEnd('\\');
        if (path.Length == 0) return "";
        int depth = 0;
        foreach (var part in path.Split('\\'))
        {
            int length = part.End.Value - part.Start.Value;
            int place = at + part.Start.Value;
            if (length is 0 or > RegistryLimits.KeyName) throw At(place, $"a key's name of 1 to {RegistryLimits.KeyName} characters");
            if (++depth > RegistryLimits.Depth) throw At(place, $"at most {RegistryLimits.Depth} keys one inside the other");
        }

        return path.ToString();
    }

    private RegistryValue ReadValue()
    {
        int start = _at;
        string name = "";
        if (_text[_at] == '@') _at++;
        else name = ReadQuoted().ToString();
        if (name.Length > RegistryLimits.ValueName) throw At(start, $"a value's name of at most {RegistryLimits.ValueName} characters");
        SkipSpaces();
        if (!Take("=")) throw Expected("'='");
        SkipSpaces();
        if (Take("-"))
        {
            ExpectEnd();
            return RegistryValue.Tombstone(name);
        }

        if (Peek() == '"')
        {
            int dataStart = _at;
            var content = ReadQuoted();
            if (content.Length >= limits.Data / 2) throw At(dataStart, $"at most {limits.Data} bytes of data");
            var data = new byte[(content.Length + 1) * 2];
            MemoryMarshal.AsBytes(content).CopyTo(data);
            ExpectEnd();
            return new(name, RegistryValueType.String, data);
        }

        if (Take("dword:"))
        {
            SkipSpaces();
            var data = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(data, ReadNumber());
            ExpectEnd();
            return new(name, RegistryValueType.Dword, data);
        }

        if (Take("hex:")) return new(name, RegistryValueType.Binary, ReadBytes());
        if (!Take("hex(")) throw Expected("a quoted text, dword:, hex:, hex(type): or '-'");
        var type = (RegistryValueType)ReadNumber();
        if (!Take("):")) throw Expected("'):'");
        int bytesStart = _at;
        int line = _line, lineStart = _lineStart;
        var bytes = ReadBytes();
        if (ansi is null || type is not (RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString))
        {
            return new(name, type, bytes);
        }

        try
        {
            return new(name, type, MemoryMarshal.AsBytes(ansi.GetString(bytes).AsSpan()).ToArray());
        }
        catch (DecoderFallbackException)
        {
            throw new RegFileException(line, bytesStart - lineStart + 1, $"text of code page {ansi.CodePage}");
        }
    }

    /// <summary>Text in quotes; regedit writes line breaks in it as they are. It stands where the next one will.</summary>
    private ReadOnlySpan<char> ReadQuoted()
    {
        int start = _at, line = _line, lineStart = _lineStart;
        _at++;
        int count = 0;
        while (true)
        {
            var rest = _text[_at..];
            int plain = rest.IndexOfAny('\\', '"', '\n');
            if (plain < 0) throw new RegFileException(line, start - lineStart + 1, "text that ends with '\"'");
            if (_unescaped.Length < count + plain + 1) Array.Resize(ref _unescaped, Math.Max(count + plain + 1, _unescaped.Length * 2));
            rest[..plain].CopyTo(_unescaped.AsSpan(count));
            count += plain;
            _at += plain + 1;
            switch (rest[plain])
            {
                case '"':
                    return _unescaped.AsSpan(0, count);
                case '\n':
                    _unescaped[count++] = '\n';
                    _line++;
                    _lineStart = _at;
                    break;
                default:
                    _unescaped[count++] = Peek() switch
                    {
                        '\\' => '\\',
                        '"' => '"',
                        'n' => '\n',
                        'r' => '\r',
                        '0' => '\0',
                        _ => throw Expected(@"one of \ "" n r 0 after a backslash"),
                    };
                    _at++;
                    break;
            }

            if (count > limits.Data) throw new RegFileException(line, start - lineStart + 1, $"at most {limits.Data} characters of text");
        }
    }

    private uint ReadNumber()
    {
        int length = _text[_at..].IndexOfAnyExcept(Hex);
        var digits = length < 0 ? _text[_at..] : _text.Slice(_at, length);
        if (digits.Length is 0 or > 8) throw Expected("1 to 8 hexadecimal digits");
        _at += digits.Length;
        return uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private byte[] ReadBytes()
    {
        int count = 0;
        bool separated = true;
        while (true)
        {
            SkipSpaces();
            char next = Peek();
            if (next == '\\')
            {
                _at++;
                ExpectEnd();
                while (true)
                {
                    if (!NextLine()) throw Expected("the line that continues the value");
                    SkipSpaces();
                    if (Peek() != ';') break;
                    SkipLine();
                }

                continue;
            }

            if (!char.IsAsciiHexDigit(next))
            {
                ExpectEnd("a byte of two hexadecimal digits");
                return _data.AsSpan(0, count).ToArray();
            }

            if (!separated) throw Expected("','");
            _at++;
            int value = HexValue(next);
            if (char.IsAsciiHexDigit(Peek())) value = (value << 4) | HexValue(_text[_at++]);
            if (count == limits.Data) throw Expected($"at most {limits.Data} bytes of data");
            if (count == _data.Length) Array.Resize(ref _data, count * 2);
            _data[count++] = (byte)value;
            SkipSpaces();
            separated = Take(",");
        }
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <returns>The next character, or NUL at the end.</returns>
    private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private bool Take(string expected)
    {
        if (!_text[_at..].StartsWith(expected, StringComparison.OrdinalIgnoreCase)) return false;
        _at += expected.Length;
        return true;
    }

    private bool TakeLine(string expected)
    {
        if (!_text[_at..].StartsWith(expected, StringComparison.Ordinal)) return false;
        _at += expected.Length;
        return true;
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t') _at++;
    }

    private void SkipLine()
    {
        int end = _text[_at..].IndexOfAny('\r', '\n');
        _at = end < 0 ? _text.Length : _at + end;
    }

    private void ExpectEnd(string expected = "the end of the line, or a comment")
    {
        SkipSpaces();
        if (Peek() == ';') SkipLine();
        if (_at < _text.Length && _text[_at] is not ('\r' or '\n')) throw Expected(expected);
    }

    /// <summary>Passes the end of the line: CR LF, LF or CR.</summary>
    /// <returns>Whether there is another one.</returns>
    private bool NextLine()
    {
        if (_at >= _text.Length) return false;
        _at += _text[_at] == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n' ? 2 : 1;
        _line++;
        _lineStart = _at;
        CheckLine();
        return _at < _text.Length;
    }

    private readonly void CheckLine()
    {
        var rest = _text[_lineStart..];
        if (rest.Length <= limits.Line) return;
        if (rest[..(limits.Line + 1)].IndexOfAny('\r', '\n') >= 0) return;
        throw At(_lineStart + limits.Line, $"a line of at most {limits.Line} characters");
    }

    private readonly RegFileException Expected(string what) => At(_at, what);

    private readonly RegFileException At(int at, string what) => new(_line, at - _lineStart + 1, what);
}
