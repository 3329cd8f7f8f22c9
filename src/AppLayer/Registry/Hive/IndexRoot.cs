using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A list of lists of subkeys (regf specification, "Index root"); none of them is another such list.</summary>
internal readonly ref struct IndexRoot
{
    private const string Record = "ri";
    private const int CountAt = 2, FirstAt = 4, Element = 4;

    private readonly HiveCell _cell;

    internal IndexRoot(HiveCell cell)
    {
        cell.Expect(Record, FirstAt);
        _cell = cell;
        if (Count > (cell.Data.Length - FirstAt) / Element)
        {
            throw cell.Field(Record, "Number of elements", CountAt).Fault($"{Count} do not fit in the cell's {cell.Data.Length} bytes");
        }
    }

    internal int Count => _cell.U16(CountAt);

    internal HivePointer this[int index] => _cell.Pointer(Record, "Subkeys list offset", FirstAt + (index * Element));

    internal static bool IsIn(HiveCell cell) => cell.Data[0] == Record[0] && cell.Data[1] == Record[1];

    internal static int LengthFor(int count) => FirstAt + (count * Element);

    internal static void Write(Span<byte> record, ReadOnlySpan<int> leaves)
    {
        record[0] = (byte)Record[0];
        record[1] = (byte)Record[1];
        BinaryPrimitives.WriteUInt16LittleEndian(record[CountAt..], (ushort)leaves.Length);
        for (var i = 0; i < leaves.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[(FirstAt + (i * Element))..], leaves[i]);
        }
    }
}
