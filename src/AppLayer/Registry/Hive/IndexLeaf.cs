using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A list of subkeys (regf specification, "Index leaf", "Fast leaf", "Hash leaf"): the three differ in what helps to find a name.</summary>
internal readonly ref struct IndexLeaf
{
    /// <summary>Keys in one list: with their hashes they fill a bin of 4 KiB, as Windows does it.</summary>
    internal const int Capacity = 506;

    private const int CountAt = 2, FirstAt = 4, HashAt = 4, HashedElement = 8, PlainElement = 4;

    private readonly HiveCell _cell;
    private readonly string _record;
    private readonly int _element;

    internal IndexLeaf(HiveCell cell)
    {
        cell.Expect(_record = RecordOf(cell), FirstAt);
        _element = _record == "li" ? PlainElement : HashedElement;
        _cell = cell;
        if (Count > (cell.Data.Length - FirstAt) / _element)
        {
            throw CountField.Fault($"{Count} do not fit in the cell's {cell.Data.Length} bytes");
        }
    }

    internal int Count => _cell.U16(CountAt);

    internal HiveField CountField => _cell.Field(_record, "Number of elements", CountAt);

    internal HivePointer this[int index] => _cell.Pointer(_record, "Key node offset", FirstAt + (index * _element));

    /// <summary>The hint or hash that goes with a key, if the list has them.</summary>
    internal uint? Hash(int index) => _record == "lh" ? _cell.U32(FirstAt + (index * _element) + HashAt) : null;

    internal static int LengthFor(int count) => FirstAt + (count * HashedElement);

    /// <summary>Writes a hash leaf.</summary>
    internal static void Write(Span<byte> record, ReadOnlySpan<RegistryKey> keys, ReadOnlySpan<int> nodes)
    {
        "lh"u8.CopyTo(record);
        BinaryPrimitives.WriteUInt16LittleEndian(record[CountAt..], (ushort)keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            var element = record[(FirstAt + (i * HashedElement))..];
            BinaryPrimitives.WriteInt32LittleEndian(element, nodes[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(element[HashAt..], HiveName.Hash(keys[i].Name));
        }
    }

    private static string RecordOf(HiveCell cell) => (cell.Data[0], cell.Data[1]) switch
    {
        ((byte)'l', (byte)'i') => "li",
        ((byte)'l', (byte)'f') => "lf",
        _ => "lh",
    };
}
