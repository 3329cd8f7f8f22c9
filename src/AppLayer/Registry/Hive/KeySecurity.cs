using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A security descriptor that keys share, one of a ring of them (regf specification, "Key security").</summary>
internal readonly ref struct KeySecurity
{
    private const string Record = "sk";
    private const int FlinkAt = 4, BlinkAt = 8, ReferencesAt = 12, SizeAt = 16, FixedLength = 20;

    /// <summary>Bytes of a self-relative descriptor without owner, group and lists (MS-DTYP, 2.4.6).</summary>
    internal const int LeastDescriptor = 20;

    private readonly HiveCell _cell;

    internal KeySecurity(HiveCell cell)
    {
        cell.Expect(Record, FixedLength);
        _cell = cell;
        var size = cell.U32(SizeAt);
        if (size < LeastDescriptor || size > cell.Data.Length - FixedLength)
        {
            throw cell.Field(Record, "Security descriptor size", SizeAt)
                .Fault($"{size} is not between {LeastDescriptor} and the {cell.Data.Length - FixedLength} bytes that the cell has for it");
        }
    }

    /// <summary>The next in the ring.</summary>
    internal HivePointer Flink => _cell.Pointer(Record, "Flink", FlinkAt);

    /// <summary>The one before in the ring.</summary>
    internal HivePointer Blink => _cell.Pointer(Record, "Blink", BlinkAt);

    /// <summary>Keys that have it.</summary>
    internal uint References => _cell.U32(ReferencesAt);

    internal HiveField ReferencesField => _cell.Field(Record, "Reference count", ReferencesAt);

    /// <summary>Where the descriptor is, in bytes from the start of the file.</summary>
    internal int Start => _cell.Offset + FixedLength;

    /// <summary>Bytes of the descriptor.</summary>
    internal int Length => (int)_cell.U32(SizeAt);

    internal static int LengthFor(int descriptor) => FixedLength + descriptor;

    internal static void Write(Span<byte> record, ReadOnlySpan<byte> descriptor, int flink, int blink, int references)
    {
        record[0] = (byte)Record[0];
        record[1] = (byte)Record[1];
        BinaryPrimitives.WriteInt32LittleEndian(record[FlinkAt..], flink);
        BinaryPrimitives.WriteInt32LittleEndian(record[BlinkAt..], blink);
        BinaryPrimitives.WriteInt32LittleEndian(record[ReferencesAt..], references);
        BinaryPrimitives.WriteInt32LittleEndian(record[SizeAt..], descriptor.Length);
        descriptor.CopyTo(record[FixedLength..]);
    }
}
