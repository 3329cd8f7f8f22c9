using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>Data that is in several cells (regf specification, "Big data").</summary>
internal readonly ref struct BigData
{
    /// <summary>Bytes of every segment but the last. Data up to this length is in one cell.</summary>
    internal const int SegmentLength = 16_344;

    /// <summary>
    /// Bytes that are left unused after each segment. A full one has them by alignment anyway; hivex and libregf take them for granted and lose the end of the
    /// data where the last segment has none.
    /// </summary>
    internal const int SegmentPadding = 4;

    /// <summary>Bytes of the record.</summary>
    internal const int FixedLength = 8;

    /// <summary>Bytes that the record can hold, which says the number of segments in 16 bits.</summary>
    internal const int MaximumLength = SegmentLength * ushort.MaxValue;

    private const string Record = "db";
    private const int CountAt = 2, SegmentsAt = 4;

    private readonly HiveCell _cell;

    internal BigData(HiveCell cell)
    {
        cell.Expect(Record, FixedLength);
        _cell = cell;
    }

    internal int Count => _cell.U16(CountAt);

    internal HiveField CountField => _cell.Field(Record, "Number of segments", CountAt);

    /// <summary>Where the list of the segments is.</summary>
    internal HivePointer Segments => _cell.Pointer(Record, "Offset of a list of segments", SegmentsAt);

    /// <summary>Segments that data of this length has.</summary>
    internal static int CountFor(int length) => (int)(((long)length + SegmentLength - 1) / SegmentLength);

    internal static void Write(Span<byte> record, int count, int segments)
    {
        record[0] = (byte)Record[0];
        record[1] = (byte)Record[1];
        BinaryPrimitives.WriteUInt16LittleEndian(record[CountAt..], (ushort)count);
        BinaryPrimitives.WriteInt32LittleEndian(record[SegmentsAt..], segments);
    }
}
