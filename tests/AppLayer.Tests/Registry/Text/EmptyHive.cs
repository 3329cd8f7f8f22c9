using System.Buffers.Binary;

namespace AppLayer.Tests.Registry.Text;

/// <summary>The smallest hive that hivex opens: a base block and one bin with a root key and its free rest.</summary>
internal static class EmptyHive
{
    internal static byte[] Create()
    {
        var hive = new byte[8192];
        var block = hive.AsSpan(0, 4096);
        "regf"u8.CopyTo(block);
        Set(block, 4, 1);
        Set(block, 8, 1);
        Set(block, 20, 1);
        Set(block, 24, 5);
        Set(block, 32, 1);
        Set(block, 36, 32);
        Set(block, 40, 4096);
        Set(block, 44, 1);
        uint sum = 0;
        for (int at = 0; at < 508; at += 4) sum ^= BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
        Set(block, 508, sum);

        var bin = hive.AsSpan(4096);
        "hbin"u8.CopyTo(bin);
        Set(bin, 8, 4096);

        // The root key: a cell of 88 bytes; no subkeys, values, security or class.
        var cell = bin[32..];
        BinaryPrimitives.WriteInt32LittleEndian(cell, -88);
        var key = cell[4..];
        "nk"u8.CopyTo(key);
        key[2] = 0x2C;
        foreach (int at in new[] { 16, 28, 32, 40, 44, 48 }) Set(key, at, uint.MaxValue);
        key[72] = 4;
        "root"u8.CopyTo(key[76..]);

        // A security cell, which new keys share with the root.
        var security = bin[120..];
        BinaryPrimitives.WriteInt32LittleEndian(security, -48);
        "sk"u8.CopyTo(security[4..]);
        Set(security, 8, 120);
        Set(security, 12, 120);
        Set(security, 16, 1);
        Set(security, 20, 20);
        security[24] = 1;
        security[27] = 0x80;
        Set(key, 44, 120);
        BinaryPrimitives.WriteInt32LittleEndian(bin[168..], 4096 - 168);
        return hive;
    }

    private static void Set(Span<byte> span, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(span[at..], value);
}
