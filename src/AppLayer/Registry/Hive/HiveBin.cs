using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>The header of a run of cells (regf specification, "Hive bin").</summary>
internal readonly ref struct HiveBin
{
    /// <summary>Bytes of the header.</summary>
    internal const int HeaderLength = 32;

    /// <summary>A bin's size and place are multiples of it.</summary>
    internal const int Alignment = 4096;

    private const string Record = "hbin";
    private const uint Signature = 0x6E696268; // "hbin"
    private const int OffsetAt = 4, SizeAt = 8, TimeAt = 20;

    /// <param name="bins">All bins.</param>
    /// <param name="at">Where this one begins.</param>
    internal HiveBin(ReadOnlySpan<byte> bins, int at)
    {
        var header = bins.Slice(at, HeaderLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Signature)
        {
            throw Field("Signature", at).Fault("it is not 'hbin'");
        }

        var offset = BinaryPrimitives.ReadUInt32LittleEndian(header[OffsetAt..]);
        if (offset != (uint)at)
        {
            throw Field("Offset", at + OffsetAt).Fault($"{offset} where the bin is at {at}");
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[SizeAt..]);
        if (size == 0 || size % Alignment != 0 || size > bins.Length - at)
        {
            throw Field("Size", at + SizeAt).Fault($"{size} is not a multiple of {Alignment} within the {bins.Length - at} bytes that are left");
        }

        Size = (int)size;
    }

    /// <summary>Bytes, with the header.</summary>
    internal int Size { get; }

    internal static void Write(Span<byte> header, int offset, int size, FileTime time)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, Signature);
        BinaryPrimitives.WriteInt32LittleEndian(header[OffsetAt..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(header[SizeAt..], size);
        BinaryPrimitives.WriteUInt64LittleEndian(header[TimeAt..], time.Ticks);
    }

    private static HiveField Field(string name, int at) => new(Record, name, BaseBlock.Length + (long)at);
}
