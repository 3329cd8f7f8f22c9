namespace VirtFoundation.Packages.Xz;

/// <summary>
/// Decodes the LZMA chunks of LZMA2. Names and layout of the probabilities follow the LZMA specification (lzma-specification.txt); they
/// outlive a chunk unless the next one resets them.
/// </summary>
internal sealed class LzmaDecoder
{
    private const int States = 12;
    private const int PosStates = 16;
    private const int LengthProbabilities = 2 + 2 * PosStates * 8 + 256;
    private const int EndOfPosModel = 14;

    private readonly ushort[] _isMatch = new ushort[States * PosStates];
    private readonly ushort[] _isRep = new ushort[States];
    private readonly ushort[] _isRepG0 = new ushort[States];
    private readonly ushort[] _isRepG1 = new ushort[States];
    private readonly ushort[] _isRepG2 = new ushort[States];
    private readonly ushort[] _isRep0Long = new ushort[States * PosStates];
    private readonly ushort[] _posSlot = new ushort[4 * 64];
    private readonly ushort[] _posSpecial = new ushort[128 - EndOfPosModel + 1];
    private readonly ushort[] _posAlign = new ushort[16];
    private readonly ushort[] _matchLength = new ushort[LengthProbabilities];
    private readonly ushort[] _repLength = new ushort[LengthProbabilities];
    private readonly ushort[] _literal = new ushort[0x300 << 4];

    private int _lc, _lp, _pb;
    private int _state;
    private uint _rep0, _rep1, _rep2, _rep3;

    /// <summary>Takes the properties of a chunk that sets new ones.</summary>
    /// <returns>False if they are not allowed in LZMA2.</returns>
    internal bool TrySetProperties(byte properties)
    {
        if (properties > (4 * 5 + 4) * 9 + 8) return false;
        _pb = properties / 45;
        _lp = properties % 45 / 9;
        _lc = properties % 9;
        return _lc + _lp <= 4;
    }

    /// <summary>Forgets what was learnt.</summary>
    internal void ResetState()
    {
        const ushort half = 1 << 10;
        _state = 0;
        _rep0 = _rep1 = _rep2 = _rep3 = 0;
        foreach (var probabilities in new[] { _isMatch, _isRep, _isRepG0, _isRepG1, _isRepG2, _isRep0Long, _posSlot, _posSpecial, _posAlign, _matchLength, _repLength, _literal })
            Array.Fill(probabilities, half);
    }

    /// <summary>Decodes one chunk.</summary>
    /// <param name="chunk">The compressed bytes, at least five.</param>
    /// <param name="window">What was decoded before, and room for what comes.</param>
    /// <param name="start">Where in the window to go on.</param>
    /// <param name="count">Bytes that the chunk holds.</param>
    /// <param name="history">Bytes before <paramref name="start"/> that matches may refer to at most: the dictionary's size.</param>
    /// <param name="processed">Bytes since the dictionary was reset.</param>
    /// <returns>False if the chunk is damaged.</returns>
    internal bool TryDecode(ReadOnlySpan<byte> chunk, Span<byte> window, int start, int count, int history, long processed)
    {
        if (chunk[0] != 0) return false;
        var coder = new RangeDecoder(chunk);
        int at = start, end = start + count;
        int origin = (int)Math.Max(start - processed, 0); // first byte of the window that is part of the dictionary
        uint posMask = (1u << _pb) - 1, literalMask = (1u << _lp) - 1;
        uint position = (uint)processed;
        while (at < end)
        {
            if (coder.IsOverrun) return false;
            uint posState = position & posMask;
            if (coder.Bit(ref _isMatch[_state * PosStates + (int)posState]) == 0)
            {
                byte previous = at > origin ? window[at - 1] : (byte)0;
                var probabilities = _literal.AsSpan(0x300 * (int)(((position & literalMask) << _lc) + (uint)(previous >> (8 - _lc))), 0x300);
                uint symbol = 1;
                if (_state >= 7)
                {
                    if (_rep0 >= (uint)(at - origin)) return false;
                    uint match = window[at - (int)_rep0 - 1];
                    do
                    {
                        match <<= 1;
                        uint matchBit = match & 0x100;
                        uint bit = coder.Bit(ref probabilities[(int)(0x100 + matchBit + symbol)]);
                        symbol = symbol << 1 | bit;
                        if (matchBit >> 8 != bit) break;
                    }
                    while (symbol < 0x100);
                }
                while (symbol < 0x100) symbol = symbol << 1 | coder.Bit(ref probabilities[(int)symbol]);
                window[at++] = (byte)symbol;
                position++;
                _state = _state < 4 ? 0 : _state < 10 ? _state - 3 : _state - 6;
                continue;
            }

            int length;
            if (coder.Bit(ref _isRep[_state]) == 0)
            {
                (_rep3, _rep2, _rep1) = (_rep2, _rep1, _rep0);
                length = DecodeLength(ref coder, _matchLength, (int)posState);
                _rep0 = DecodeDistance(ref coder, length);
                if (_rep0 == uint.MaxValue) return false; // an end mark, which LZMA2 doesn't have
                _state = _state < 7 ? 7 : 10;
            }
            else
            {
                if (coder.Bit(ref _isRepG0[_state]) == 0)
                {
                    if (coder.Bit(ref _isRep0Long[_state * PosStates + (int)posState]) == 0)
                    {
                        if (_rep0 >= (uint)(at - origin)) return false;
                        window[at] = window[at - (int)_rep0 - 1];
                        at++;
                        position++;
                        _state = _state < 7 ? 9 : 11;
                        continue;
                    }
                }
                else if (coder.Bit(ref _isRepG1[_state]) == 0)
                {
                    (_rep1, _rep0) = (_rep0, _rep1);
                }
                else if (coder.Bit(ref _isRepG2[_state]) == 0)
                {
                    (_rep2, _rep1, _rep0) = (_rep1, _rep0, _rep2);
                }
                else
                {
                    (_rep3, _rep2, _rep1, _rep0) = (_rep2, _rep1, _rep0, _rep3);
                }
                length = DecodeLength(ref coder, _repLength, (int)posState);
                _state = _state < 7 ? 8 : 11;
            }

            if (_rep0 >= (uint)(at - origin) || _rep0 >= (uint)history || length > end - at) return false;
            int distance = (int)_rep0 + 1;
            if (distance >= length) window.Slice(at - distance, length).CopyTo(window[at..]);
            else for (int i = 0; i < length; i++) window[at + i] = window[at + i - distance];
            at += length;
            position += (uint)length;
        }
        return coder.IsFinished;
    }

    private static int DecodeLength(ref RangeDecoder coder, ushort[] probabilities, int posState)
    {
        if (coder.Bit(ref probabilities[0]) == 0) return 2 + (int)coder.Tree(probabilities.AsSpan(2 + posState * 8, 8), 3);
        if (coder.Bit(ref probabilities[1]) == 0) return 10 + (int)coder.Tree(probabilities.AsSpan(2 + (PosStates + posState) * 8, 8), 3);
        return 18 + (int)coder.Tree(probabilities.AsSpan(2 + 2 * PosStates * 8, 256), 8);
    }

    private uint DecodeDistance(ref RangeDecoder coder, int length)
    {
        uint slot = coder.Tree(_posSlot.AsSpan(Math.Min(length - 2, 3) * 64, 64), 6);
        if (slot < 4) return slot;
        int bits = (int)(slot >> 1) - 1;
        uint distance = (2 | slot & 1) << bits;
        if (slot < EndOfPosModel) return distance + coder.ReverseTree(_posSpecial.AsSpan((int)(distance - slot)), bits);
        distance += coder.Direct(bits - 4) << 4;
        return distance + coder.ReverseTree(_posAlign, 4);
    }
}
