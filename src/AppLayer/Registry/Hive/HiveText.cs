using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Hive;

/// <summary>Text in a hive, where it stands: one byte for each character up to U+00FF, or UTF-16LE with whatever units.</summary>
public readonly ref struct HiveText
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isCompressed;

    internal HiveText(ReadOnlySpan<byte> bytes, bool isCompressed)
    {
        _bytes = bytes;
        _isCompressed = isCompressed;
    }

    /// <summary>UTF-16 units.</summary>
    public int Length => _isCompressed ? _bytes.Length : _bytes.Length / sizeof(char);

    /// <summary>A UTF-16 unit.</summary>
    /// <param name="index">Which one.</param>
    public char this[int index] => _isCompressed ? (char)_bytes[index] : Units[index];

    internal ReadOnlySpan<byte> Bytes => _bytes;

    private ReadOnlySpan<char> Units => MemoryMarshal.Cast<byte, char>(_bytes);

    /// <summary>Copies the text.</summary>
    /// <param name="destination">Where to; it has room for <see cref="Length"/> units.</param>
    public void CopyTo(Span<char> destination)
    {
        if (_isCompressed)
        {
            Encoding.Latin1.GetChars(_bytes, destination);
        }
        else
        {
            Units.CopyTo(destination);
        }
    }

    /// <summary>The text as a string.</summary>
    public override string ToString() => _isCompressed ? Encoding.Latin1.GetString(_bytes) : new string(Units);

    /// <summary>Whether the text is this one, with the same case.</summary>
    public bool Equals(ReadOnlySpan<char> text) => Length == text.Length && (_isCompressed ? EqualsCompressed(text) : Units.SequenceEqual(text));

    /// <summary>Whether a UTF-16 unit up to U+00FF is in the text.</summary>
    internal bool Contains(char unit) => _isCompressed ? _bytes.Contains((byte)unit) : Units.Contains(unit);

    /// <summary>Orders two names as <see cref="RegistryNameComparer"/> does.</summary>
    internal static int Compare(HiveText left, HiveText right)
    {
        if (!left._isCompressed || !right._isCompressed)
        {
            return CompareUnits(left, right);
        }

        var length = Math.Min(left._bytes.Length, right._bytes.Length);
        for (var i = left._bytes.CommonPrefixLength(right._bytes); i < length; i++)
        {
            var difference = RegistryNameComparer.Upper((char)left._bytes[i]) - RegistryNameComparer.Upper((char)right._bytes[i]);
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }

    /// <summary>A hash that names have in common that are one to Windows. Those that wish can make others have it too.</summary>
    internal ulong NameHash()
    {
        const ulong Odd = 0x9E37_79B9_7F4A_7C15;
        ulong hash = Odd;
        if (_isCompressed)
        {
            foreach (var unit in _bytes)
            {
                hash = (hash ^ RegistryNameComparer.Upper((char)unit)) * Odd;
            }
        }
        else
        {
            foreach (var unit in Units)
            {
                hash = (hash ^ RegistryNameComparer.Upper(unit)) * Odd;
            }
        }

        return hash ^ (hash >> 32);
    }

    private static int CompareUnits(HiveText left, HiveText right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var difference = RegistryNameComparer.Upper(left[i]) - RegistryNameComparer.Upper(right[i]);
            if (difference != 0)
            {
                return difference;
            }
        }

        return left.Length - right.Length;
    }

    private bool EqualsCompressed(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != _bytes[i])
            {
                return false;
            }
        }

        return true;
    }
}
