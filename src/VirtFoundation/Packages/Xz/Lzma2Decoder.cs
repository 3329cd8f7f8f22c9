namespace VirtFoundation.Packages.Xz;

/// <summary>Decodes the LZMA2 chunks of one block into a window that slides over them (xz-file-format.txt, 5.3.1).</summary>
internal sealed class Lzma2Decoder
{
    private const int MaxChunk = 1 << 21;
    private const int MaxCompressedChunk = 1 << 16;

    private readonly LzmaDecoder _lzma = new();
    private readonly byte[] _compressed = new byte[MaxCompressedChunk];
    private readonly int _dictionarySize;
    private byte[] _window = [];
    private int _filled;
    private long _processed;
    private bool _needDictionary = true, _needProperties = true, _needState = true;

    internal Lzma2Decoder(int dictionarySize) => _dictionarySize = dictionarySize;

    /// <summary>Decodes the next chunk.</summary>
    /// <param name="input">Where it comes from.</param>
    /// <param name="output">What it holds; valid until the next call.</param>
    /// <returns>False at the end of the block.</returns>
    /// <exception cref="XzException">The chunk is damaged.</exception>
    internal bool TryReadChunk(XzInput input, out ReadOnlyMemory<byte> output)
    {
        output = default;
        long at = input.Position;
        byte control = input.ReadByte("LZMA2 control");
        if (control == 0) return false;
        if (control is >= 3 and < 0x80) throw new XzException(at, "LZMA2 control", $"0x{control:x2} is not defined");

        if (control is 1 || control >= 0xE0)
        {
            _needDictionary = false;
            _processed = 0;
            _filled = 0;
        }
        if (_needDictionary) throw new XzException(at, "LZMA2 control", $"the first chunk (0x{control:x2}) does not reset the dictionary");

        int size = input.ReadUInt16("LZMA2 size");
        if (control < 0x80)
        {
            size++;
            MakeRoom(size);
            input.Read(_window.AsSpan(_filled, size), "LZMA2 uncompressed chunk");
        }
        else
        {
            size = ((control & 0x1F) << 16 | size) + 1;
            int compressedSize = input.ReadUInt16("LZMA2 compressed size") + 1;
            if (control >= 0xC0)
            {
                if (!_lzma.TrySetProperties(input.ReadByte("LZMA2 properties"))) throw new XzException(at, "LZMA2 properties", "not allowed");
                _needProperties = false;
            }
            if (_needProperties) throw new XzException(at, "LZMA2 control", "the first LZMA chunk sets no properties");
            if (control >= 0xA0)
            {
                _lzma.ResetState();
                _needState = false;
            }
            if (_needState) throw new XzException(at, "LZMA2 control", "the first LZMA chunk does not reset the state");
            if (compressedSize < 5) throw new XzException(at, "LZMA2 compressed size", $"{compressedSize} bytes are too few");
            var chunk = _compressed.AsSpan(0, compressedSize);
            input.Read(chunk, "LZMA2 chunk");
            MakeRoom(size);
            if (!_lzma.TryDecode(chunk, _window, _filled, size, _dictionarySize, _processed)) throw new XzException(at, "LZMA2 chunk", "damaged");
        }
        output = _window.AsMemory(_filled, size);
        _filled += size;
        _processed += size;
        return true;
    }

    // The window grows with what is decoded, not with what a header asks for, and slides when it is twice the dictionary.
    private void MakeRoom(int size)
    {
        if (_window.Length - _filled >= size) return;
        int keep = Math.Min(_filled, _dictionarySize);
        long limit = 2L * _dictionarySize + MaxChunk;
        if (_window.Length < limit)
        {
            var larger = new byte[Math.Min(limit, Math.Max(2L * _window.Length, (long)keep + size))];
            Array.Copy(_window, _filled - keep, larger, 0, keep);
            _window = larger;
        }
        else
        {
            Array.Copy(_window, _filled - keep, _window, 0, keep);
        }
        _filled = keep;
    }
}
