using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A value (regf specification, "Key value").</summary>
internal readonly ref struct KeyValue
{
    /// <summary>Data up to this length is in the record itself, where the offset of its cell would be.</summary>
    internal const int InlineLength = 4;

    /// <summary>Where that is in the record.</summary>
    internal const int InlineAt = DataAt;

    private const string Record = "vk";
    private const int FixedLength = 20;
    private const int NameLengthAt = 2, SizeAt = 4, DataAt = 8, TypeAt = 12, FlagsAt = 16;
    private const uint Inline = 0x8000_0000;
    private const ushort CompressedName = 1, TombstoneFlag = 2;

    private readonly HiveCell _cell;

    internal KeyValue(HiveCell cell)
    {
        cell.Expect(Record, FixedLength);
        _cell = cell;
        if (IsInline && Size > InlineLength)
        {
            throw SizeField.Fault($"{Size} bytes cannot be in the place of an offset");
        }
    }

    internal uint Size => _cell.U32(SizeAt) & ~Inline;

    internal HiveField SizeField => _cell.Field(Record, "Data size", SizeAt);

    internal bool IsInline => (_cell.U32(SizeAt) & Inline) != 0;

    internal HivePointer Data => _cell.Pointer(Record, "Data offset", DataAt);

    internal RegistryValueType Type => (RegistryValueType)_cell.U32(TypeAt);

    internal bool IsTombstone => (_cell.U16(FlagsAt) & TombstoneFlag) != 0;

    internal HiveField FlagsField => _cell.Field(Record, "Flags", FlagsAt);

    /// <exception cref="HiveException">It is too long.</exception>
    internal HiveText Name
    {
        get
        {
            var length = _cell.Field(Record, "Name length", NameLengthAt);
            var name = _cell.Text(FixedLength, _cell.U16(NameLengthAt), (_cell.U16(FlagsAt) & CompressedName) != 0, length);
            return name.Length <= RegistryLimits.ValueName
                ? name
                : throw length.Fault($"{name.Length} characters are more than {RegistryLimits.ValueName}");
        }
    }

    internal HiveCell Cell => _cell;

    internal static int LengthFor(string name) => FixedLength + HiveName.Length(name);

    /// <param name="record">Where to.</param>
    /// <param name="value">The value.</param>
    /// <param name="data">Where the cell with its data is, unless it is inline.</param>
    internal static void Write(Span<byte> record, RegistryValue value, uint data)
    {
        record[0] = (byte)Record[0];
        record[1] = (byte)Record[1];
        BinaryPrimitives.WriteUInt16LittleEndian(record[NameLengthAt..], (ushort)HiveName.Length(value.Name));
        BinaryPrimitives.WriteUInt32LittleEndian(record[DataAt..], data);
        if (!value.IsTombstone)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record[SizeAt..], (uint)value.Data.Length | (value.Data.Length <= InlineLength ? Inline : 0));
            if (value.Data.Length <= InlineLength)
            {
                record.Slice(DataAt, InlineLength).Clear();
                value.Data.Span.CopyTo(record[DataAt..]);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(record[TypeAt..], (uint)value.Type);
        var flags = (value.Name.Length > 0 && HiveName.IsCompressible(value.Name) ? CompressedName : 0) | (value.IsTombstone ? TombstoneFlag : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(record[FlagsAt..], (ushort)flags);
        HiveName.Write(record[FixedLength..], value.Name);
    }
}
