namespace VirtFoundation.Packages.Xz;

/// <summary>CRC-64 as ECMA-182 has it.</summary>
internal static class Crc64
{
    private static readonly ulong[] Table = CreateTable();

    /// <summary>Continues a checksum; the first call gets 0.</summary>
    internal static ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        foreach (byte value in data) crc = Table[(byte)crc ^ value] ^ crc >> 8;
        return ~crc;
    }

    private static ulong[] CreateTable()
    {
        var table = new ulong[256];
        for (ulong i = 0; i < 256; i++)
        {
            ulong value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? value >> 1 ^ 0xC96C_5795_D787_0F42 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
