using System.Buffers.Binary;
using System.Globalization;

namespace VirtEngine.Networks;

/// <summary>The address of a network adapter (IEEE 802, EUI-48), its first byte on the wire the most significant.</summary>
/// <param name="Value">The 48 bits.</param>
internal readonly record struct MacAddress(ulong Value)
{
    /// <summary>Bytes of an address.</summary>
    internal const int Size = 6;

    /// <summary>Whether it stands for many adapters, or for all: the group bit.</summary>
    internal bool IsGroup => (Value >> 40 & 1) != 0;

    /// <summary>Whether frames to it are for the next bridge alone and never forwarded (IEEE 802.1Q, 8.6.3: 01-80-C2-00-00-0X).</summary>
    internal bool IsLinkLocal => Value >> 4 == 0x0180_C200_000;

    /// <summary>An address that nobody was given by a vendor: made from an identity and a number, the same each time.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="index">The adapter's number in it.</param>
    internal static MacAddress For(Guid id, int index)
    {
        // FNV-1a over identity and number. The first byte: locally administered, of one adapter.
        Span<byte> source = stackalloc byte[20];
        id.TryWriteBytes(source);
        BinaryPrimitives.WriteInt32LittleEndian(source[16..], index);
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte part in source) hash = (hash ^ part) * 0x0000_0100_0000_01B3;
        return new((hash ^ hash >> 48) & 0xFCFF_FFFF_FFFF | 0x0200_0000_0000);
    }

    /// <summary>Reads the address at a span's start.</summary>
    internal static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Reads six pairs of hexadecimal digits between colons or hyphens.</summary>
    internal static bool TryParse(string text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17) return false;
        ulong value = 0;
        for (int at = 0; at < text.Length; at += 3)
        {
            if (at > 0 && text[at - 1] is not (':' or '-')) return false;
            if (!byte.TryParse(text.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part)) return false;
            value = value << 8 | part;
        }
        address = new(value);
        return true;
    }

    /// <summary>Writes the six bytes as they go over the wire.</summary>
    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Value);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Value >> 40 & 0xFF:x2}:{Value >> 32 & 0xFF:x2}:{Value >> 24 & 0xFF:x2}:{Value >> 16 & 0xFF:x2}:{Value >> 8 & 0xFF:x2}:{Value & 0xFF:x2}");
}
