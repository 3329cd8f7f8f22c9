using System.Runtime.CompilerServices;

namespace VirtFoundation.Packages.Xz;

/// <summary>LZMA's range decoder over one chunk.</summary>
internal ref struct RangeDecoder
{
    private const int ModelBits = 11;
    private const int MoveBits = 5;

    private readonly ReadOnlySpan<byte> _input;
    private int _position;
    private uint _range;
    private uint _code;

    internal RangeDecoder(ReadOnlySpan<byte> input)
    {
        _input = input;
        _range = uint.MaxValue;
        for (_position = 1; _position < 5; _position++) _code = _code << 8 | input[_position];
    }

    /// <summary>Whether the chunk was used up exactly, as a sound one is.</summary>
    internal readonly bool IsFinished => _position == _input.Length && _code == 0;

    /// <summary>Whether more was read than there is; what was decoded then has no meaning.</summary>
    internal readonly bool IsOverrun => _position > _input.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Bit(ref ushort probability)
    {
        uint bound = (_range >> ModelBits) * probability;
        uint bit;
        if (_code < bound)
        {
            _range = bound;
            probability += (ushort)((1 << ModelBits) - probability >> MoveBits);
            bit = 0;
        }
        else
        {
            _range -= bound;
            _code -= bound;
            probability -= (ushort)(probability >> MoveBits);
            bit = 1;
        }
        Normalize();
        return bit;
    }

    /// <summary>Decodes a number by a tree of probabilities, highest bit first.</summary>
    internal uint Tree(Span<ushort> probabilities, int bits)
    {
        uint symbol = 1;
        for (int i = 0; i < bits; i++) symbol = symbol << 1 | Bit(ref probabilities[(int)symbol]);
        return symbol - (1u << bits);
    }

    /// <summary>Decodes a number by a tree of probabilities, lowest bit first.</summary>
    internal uint ReverseTree(Span<ushort> probabilities, int bits)
    {
        uint symbol = 1, result = 0;
        for (int i = 0; i < bits; i++)
        {
            uint bit = Bit(ref probabilities[(int)symbol]);
            symbol = symbol << 1 | bit;
            result |= bit << i;
        }
        return result;
    }

    /// <summary>Decodes bits that are all equally likely, highest first.</summary>
    internal uint Direct(int bits)
    {
        uint result = 0;
        for (int i = 0; i < bits; i++)
        {
            _range >>= 1;
            uint mask = (uint)((int)(_code - _range) >> 31);
            _code -= _range & ~mask;
            result = result << 1 | (mask + 1);
            Normalize();
        }
        return result;
    }

    // liblzma normalises before a bit; doing so after it reads the same bytes, the last of them at the chunk's end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalize()
    {
        if (_range >= 1 << 24) return;
        _range <<= 8;
        _code = _code << 8 | (_position < _input.Length ? _input[_position] : (byte)0);
        _position++;
    }
}
