using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace AppLayer.Registry.Text;

/// <summary>Reads Wine's text registry by the rules of server/registry.c (load_keys) and server/unicode.c (parse_strW).</summary>
internal ref struct WineRegistryReader
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly RegistryTextLimits _limits;
    private int _next;
    private ReadOnlySpan<byte> _line;
    private int _at;
    private int _number;
    private int _keys;
    private int _values;
    private char[] _text = new char[256];
    private byte[] _data = new byte[256];

    internal WineRegistryReader(ReadOnlySpan<byte> file, RegistryTextLimits limits)
    {
        if (file.Length > limits.File) throw TooLong(limits);
        _file = file;
        _limits = limits;
    }

    internal static WineRegistryException TooLong(RegistryTextLimits limits) => new(1, 1, $"a file of at most {limits.File} bytes");

    /// <returns>Where in <paramref name="path"/> the parts begin that are not those of the other; its length if there are none.</returns>
    internal static int CommonParents(string other, string path, out int depth)
    {
        depth = 0;
        int start = 0;
        int common = other.AsSpan().CommonPrefixLength(path);
        for (int i = 0; i <= common && other.Length > 0; i++)
        {
            if ((i == other.Length || other[i] == '\\') && (i == path.Length || path[i] == '\\'))
            {
                depth++;
                start = i + 1;
            }
        }

        return Math.Min(start, path.Length);
    }

    internal WineRegistryFile Read()
    {
        if (!NextLine() || !_line.SequenceEqual("WINE REGISTRY Version 2"u8)) throw Expected("the line 'WINE REGISTRY Version 2'");
        return ReadSections();
    }

    /// <summary>Reads what follows the first line, or any sections from it.</summary>
    internal WineRegistryFile ReadSections()
    {
        var file = new WineRegistryFile();
        WineRegistrySection? section = null;
        string last = "";
        while (NextLine())
        {
            SkipSpaces();
            if (_at == _line.Length) continue;
            switch (_line[_at])
            {
                case (byte)'[':
                    section = ReadSection();
                    CountKeys(last, section.Path);
                    last = section.Path;
                    file.Sections.Add(section);
                    break;
                case (byte)'"' or (byte)'@' when section is not null:
                    if (++_values > _limits.Values) throw Expected($"at most {_limits.Values} values");
                    section.Values.Add(ReadValue());
                    break;
                case (byte)'"' or (byte)'@':
                    throw Expected("a key before the first value");
                case (byte)'#' when section is not null:
                    ReadOption(section);
                    break;
                case (byte)'#':
                    ReadOption(file);
                    break;
                case (byte)';':
                    ReadComment(file, section);
                    break;
                default:
                    throw Expected("a key, a value, an option or a comment");
            }
        }

        return file;
    }

    private void CountKeys(string last, string path)
    {
        int start = CommonParents(last, path, out _);
        _keys += 1 + (start < path.Length ? path.AsSpan(start).Count('\\') : 0);
        if (_keys > _limits.Keys) throw Expected($"at most {_limits.Keys} keys");
    }

    private WineRegistrySection ReadSection()
    {
        _at++;
        int start = _at;
        string path = ReadText((byte)']').ToString();
        CheckPath(path, start);
        var section = new WineRegistrySection(path);
        SkipSpaces();
        if (_at < _line.Length)
        {
            int digits = _line[_at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            var number = digits < 0 ? _line[_at..] : _line.Slice(_at, digits);
            if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds))
            {
                throw Expected("seconds since 1970, up to 32 bits");
            }

            _at += number.Length;
            ExpectEnd();
            section.Seconds = seconds;
        }

        return section;
    }

    private readonly void CheckPath(string path, int start)
    {
        if (path.Length == 0) return;
        int depth = 0;
        foreach (var part in path.AsSpan().Split('\\'))
        {
            int length = part.End.Value - part.Start.Value;
            if (length is 0 or > RegistryLimits.KeyName) throw At(start, $"names of keys of 1 to {RegistryLimits.KeyName} characters");
            if (++depth > RegistryLimits.Depth) throw At(start, $"at most {RegistryLimits.Depth} keys one inside the other");
        }
    }

    private void ReadOption(WineRegistrySection section)
    {
        if (Take("#time="u8))
        {
            var digits = _line[_at..].TrimEnd(" \t"u8);
            const NumberStyles hex = NumberStyles.AllowHexSpecifier;
            if (digits.Length > 16 || !ulong.TryParse(digits, hex, CultureInfo.InvariantCulture, out ulong ticks))
            {
                throw Expected("1 to 16 hexadecimal digits");
            }

            section.Time = new(ticks);
        }
        else if (Take("#class=\""u8))
        {
            section.Class = ReadText((byte)'"').ToString();
            ExpectEnd();
        }
        else if (_line[_at..].TrimEnd(" \t"u8).SequenceEqual("#link"u8))
        {
            section.IsLink = true;
        }
        else
        {
            section.Remarks.Add(ReadRemark());
        }
    }

    private void ReadOption(WineRegistryFile file)
    {
        if (!Take("#arch="u8))
        {
            file.Remarks.Add(ReadRemark());
            return;
        }

        if (Take("win32"u8)) file.Architecture = WineArchitecture.Win32;
        else if (Take("win64"u8)) file.Architecture = WineArchitecture.Win64;
        else throw Expected("win32 or win64");
        ExpectEnd();
    }

    private void ReadComment(WineRegistryFile file, WineRegistrySection? section)
    {
        if (section is null && file.BaseKey is null && Take(";; All keys relative to "u8))
        {
            // Here the path ends with the line, and older versions wrote single backslashes.
            file.BaseKey = ReadRemark().Replace(@"\\", @"\", StringComparison.Ordinal);
            return;
        }

        (section?.Remarks ?? file.Remarks).Add(ReadRemark());
    }

    private string ReadRemark()
    {
        var rest = _line[_at..];
        if (!Utf8.IsValid(rest)) throw Expected("UTF-8");
        _at = _line.Length;
        return Encoding.UTF8.GetString(rest);
    }

    private RegistryValue ReadValue()
    {
        string name = "";
        int start = _at;
        if (_line[_at++] == '"')
        {
            name = ReadText((byte)'"').ToString();
            if (name.Length > RegistryLimits.ValueName) throw At(start, $"a value's name of at most {RegistryLimits.ValueName} characters");
        }

        SkipSpaces();
        if (!Take("="u8)) throw Expected("'='");
        SkipSpaces();
        if (Take("\""u8) || Take("str:\""u8)) return new(name, RegistryValueType.String, ReadString());
        if (Take("str(2):\""u8)) return new(name, RegistryValueType.ExpandString, ReadString());
        if (Take("str(7):\""u8)) return new(name, RegistryValueType.MultiString, ReadString());
        if (Take("hex:"u8)) return new(name, RegistryValueType.Binary, ReadBytes());
        if (Take("hex("u8))
        {
            var type = (RegistryValueType)ReadNumber();
            if (!Take("):"u8)) throw Expected("'):'");
            return new(name, type, ReadBytes());
        }

        if (!Take("dword:"u8)) throw Expected("a quoted text, str(2):, str(7):, dword:, hex: or hex(type):");
        var dword = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(dword, ReadNumber());
        ExpectEnd();
        return new(name, RegistryValueType.Dword, dword);
    }

    private byte[] ReadString()
    {
        int start = _at;
        var text = ReadText((byte)'"');
        if (text.Length >= _limits.Data / 2) throw At(start, $"at most {_limits.Data} bytes of data");
        ExpectEnd();

        // The NUL at the end is not written.
        var data = new byte[(text.Length + 1) * 2];
        MemoryMarshal.AsBytes(text).CopyTo(data);
        return data;
    }

    private uint ReadNumber()
    {
        uint number = 0;
        int start = _at;
        while (_at < _line.Length && char.IsAsciiHexDigit((char)_line[_at]))
        {
            if (_at - start == 8) throw Expected("at most 8 hexadecimal digits");
            number = (number << 4) | (uint)WineEscape.Digit(_line[_at++]);
        }

        return _at > start ? number : throw Expected("hexadecimal digits");
    }

    private byte[] ReadBytes()
    {
        int count = 0;
        while (true)
        {
            SkipSpaces();
            if (_at == _line.Length) return _data.AsSpan(0, count).ToArray();
            if (_line[_at] == '\\')
            {
                _at++;
                ExpectEnd();
                if (!NextLine()) throw Expected("the line that continues the value");
                continue;
            }

            if (!char.IsAsciiHexDigit((char)_line[_at])) throw Expected("a byte of two hexadecimal digits");
            int value = WineEscape.Digit(_line[_at++]);
            if (_at < _line.Length && char.IsAsciiHexDigit((char)_line[_at])) value = (value << 4) | WineEscape.Digit(_line[_at++]);
            if (count == _limits.Data) throw Expected($"at most {_limits.Data} bytes of data");
            if (count == _data.Length) Array.Resize(ref _data, count * 2);
            _data[count++] = (byte)value;
            if (_at < _line.Length && _line[_at] is not ((byte)' ' or (byte)'\t' or (byte)'\\') && !Take(","u8)) throw Expected("','");
            if (_at < _line.Length && _line[_at] == ',') throw Expected("a byte of two hexadecimal digits");
        }
    }

    /// <summary>Text up to a delimiter, which is passed. It stands where the next one will.</summary>
    private ReadOnlySpan<char> ReadText(byte end)
    {
        if (_text.Length < _line.Length - _at) _text = new char[Math.Max(_line.Length - _at, _text.Length * 2)];
        int count = 0;
        int start = _at;
        while (true)
        {
            var rest = _line[_at..];
            int plain = rest.IndexOfAny((byte)'\\', end);
            if (plain < 0) throw At(start, $"text that ends with '{(char)end}' in its line");
            var status = Utf8.ToUtf16(rest[..plain], _text.AsSpan(count), out int read, out int written, replaceInvalidSequences: false);
            if (status != OperationStatus.Done)
            {
                throw At(_at + read, "UTF-8");
            }

            count += written;
            _at += plain + 1;
            if (rest[plain] == end) return _text.AsSpan(0, count);
            if (_at == _line.Length) throw At(start, $"text that ends with '{(char)end}' in its line");
            if (_line[_at] < 0x80) _text[count++] = WineEscape.Read(_line, ref _at);
        }
    }

    private bool NextLine()
    {
        _line = default;
        _at = 0;
        if (_next >= _file.Length) return false;
        _number++;
        var rest = _file[_next..];
        int end = rest.IndexOf((byte)'\n');
        _line = end < 0 ? rest : rest[..end];
        _next += _line.Length + 1;
        if (_line is [.., (byte)'\r']) _line = _line[..^1];
        if (_line.Length > _limits.Line) throw At(_limits.Line, $"a line of at most {_limits.Line} bytes");
        int nul = _line.IndexOf((byte)0);
        return nul < 0 ? true : throw At(nul, "text without a NUL byte");
    }

    private bool Take(ReadOnlySpan<byte> text)
    {
        if (!_line[_at..].StartsWith(text)) return false;
        _at += text.Length;
        return true;
    }

    private void SkipSpaces()
    {
        while (_at < _line.Length && _line[_at] is (byte)' ' or (byte)'\t') _at++;
    }

    private void ExpectEnd()
    {
        SkipSpaces();
        if (_at < _line.Length) throw Expected("the end of the line");
    }

    private readonly WineRegistryException Expected(string what) => At(_at, what);

    private readonly WineRegistryException At(int at, string what) => new(Math.Max(_number, 1), at + 1, what);
}
