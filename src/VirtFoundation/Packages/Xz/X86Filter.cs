using System.Buffers.Binary;

namespace VirtFoundation.Packages.Xz;

/// <summary>Undoes the x86 branch filter (xz-file-format.txt, 5.3.2): targets of CALL and JMP become relative again.</summary>
internal sealed class X86Filter
{
    private static ReadOnlySpan<bool> Allowed => [true, true, true, false, true, false, false, false];
    private static ReadOnlySpan<byte> BitNumber => [0, 1, 2, 2, 3, 3, 3, 3];

    private uint _previousMask;
    private uint _position;

    /// <summary>Converts in place.</summary>
    /// <returns>Bytes that are final; the rest, four at most, come again with what follows them.</returns>
    internal int Decode(Span<byte> data)
    {
        if (data.Length <= 4) return 0;
        int size = data.Length - 4, previous = -1, i;
        uint mask = _previousMask;
        for (i = 0; i < size; i++)
        {
            if ((data[i] & 0xFE) != 0xE8) continue;
            int distance = i - previous;
            previous = i;
            mask = distance > 3 ? 0 : mask << (distance - 1) & 7;
            if (mask != 0 && (!Allowed[(int)mask] || IsSign(data[i + 4 - BitNumber[(int)mask]])))
            {
                mask = mask << 1 | 1;
                continue;
            }
            if (!IsSign(data[i + 4]))
            {
                mask = mask << 1 | 1;
                continue;
            }
            uint source = BinaryPrimitives.ReadUInt32LittleEndian(data[(i + 1)..]), target;
            while (true)
            {
                target = source - (_position + (uint)i + 5);
                if (mask == 0) break;
                int shift = BitNumber[(int)mask] * 8;
                if (!IsSign((byte)(target >> (24 - shift)))) break;
                source = target ^ ((1u << (32 - shift)) - 1);
            }
            target &= 0x01FF_FFFF;
            target |= 0u - (target & 0x0100_0000);
            BinaryPrimitives.WriteUInt32LittleEndian(data[(i + 1)..], target);
            i += 4;
        }
        int rest = i - previous;
        _previousMask = rest > 3 ? 0 : mask << (rest - 1);
        _position += (uint)i;
        return i;
    }

    private static bool IsSign(byte value) => value is 0 or 0xFF;
}
