using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>What an allocated cell holds, without the field that says its size.</summary>
/// <param name="data">The bytes, padding included.</param>
/// <param name="offset">Where they begin, in bytes from the start of the file.</param>
internal readonly ref struct HiveCell(ReadOnlySpan<byte> data, int offset)
{
    internal ReadOnlySpan<byte> Data { get; } = data;

    internal int Offset { get; } = offset;

    internal ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Data[at..]);

    internal uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Data[at..]);

    internal ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Data[at..]);

    internal HiveField Field(string record, string name, int at) => new(record, name, Offset + (long)at);

    internal HivePointer Pointer(string record, string name, int at) => new(U32(at), Field(record, name, at));

    /// <summary>Sees to it that the cell holds a record with this signature and has room for its fixed part.</summary>
    internal void Expect(string record, int length)
    {
        if (Data.Length < length)
        {
            throw Field(record, "Size", -sizeof(int)).Fault($"the cell has {Data.Length} bytes and the record needs {length}");
        }

        if (Data[0] != record[0] || Data[1] != record[1])
        {
            throw Field(record, "Signature", 0).Fault($"{Data[0]:x2} {Data[1]:x2} is not the signature of such a record");
        }
    }

    /// <summary>A name: one byte for each character up to U+00FF, or UTF-16LE.</summary>
    internal HiveText Text(int at, int length, bool compressed, HiveField lengthField)
    {
        if (length > Data.Length - at)
        {
            throw lengthField.Fault($"{length} bytes reach over the end of the cell");
        }

        return compressed || length % sizeof(char) == 0
            ? new(Data.Slice(at, length), compressed)
            : throw lengthField.Fault($"{length} bytes are no UTF-16 text");
    }
}
