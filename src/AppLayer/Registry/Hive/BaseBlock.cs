using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>The first 4 KiB of a hive (regf specification, "Base block").</summary>
internal readonly ref struct BaseBlock
{
    /// <summary>Bytes of the block; the hive bins follow.</summary>
    internal const int Length = 4096;

    /// <summary>The first minor version in which a value may be in several cells.</summary>
    internal const uint VersionOfBigData = 4;

    /// <summary>The minor version in which keys and values have layers' marks.</summary>
    internal const uint VersionOfLayers = 6;

    private const string Record = "base block";
    private const uint Signature = 0x66676572; // "regf"
    private const uint DirectMemoryLoad = 1;
    private const uint SupportsLayers = 2;

    private const int PrimarySequenceAt = 4, SecondarySequenceAt = 8, LastWriteAt = 12, MajorAt = 20, MinorAt = 24, TypeAt = 28, FormatAt = 32;
    private const int RootAt = 36, BinsSizeAt = 40, ClusteringFactorAt = 44, FlagsAt = 144, ChecksumAt = 508;

    private readonly ReadOnlySpan<byte> _block;

    internal BaseBlock(ReadOnlySpan<byte> file)
    {
        if (file.Length < Length)
        {
            throw Field("Signature", 0).Fault($"a file of {file.Length} bytes is too short for a hive");
        }

        _block = file[..Length];
        Require(U32(0) == Signature, "Signature", 0, "it is not 'regf'");
        Dirty(U32(ChecksumAt) == Checksum(_block), "Checksum", ChecksumAt, $"{U32(ChecksumAt):x8} where the block gives {Checksum(_block):x8}");
        Dirty(U32(PrimarySequenceAt) == U32(SecondarySequenceAt), "Secondary sequence number", SecondarySequenceAt,
            $"{U32(SecondarySequenceAt)} differs from the primary, {U32(PrimarySequenceAt)}");
        Require(U32(MajorAt) == 1, "Major version", MajorAt, $"{U32(MajorAt)} is not 1");
        Require(MinorVersion is >= 3 and <= VersionOfLayers, "Minor version", MinorAt, $"{MinorVersion} is not one of 3 to 6");
        Require(U32(TypeAt) == 0, "File type", TypeAt, $"{U32(TypeAt)} is not a hive's own file");
        Require(U32(FormatAt) == DirectMemoryLoad, "File format", FormatAt, $"{U32(FormatAt)} is unknown");
        Require(U32(BinsSizeAt) % HiveBin.Alignment == 0, "Hive bins data size", BinsSizeAt,
            $"{U32(BinsSizeAt)} is not a multiple of {HiveBin.Alignment}");
        Require(U32(BinsSizeAt) <= file.Length - Length, "Hive bins data size", BinsSizeAt,
            $"{U32(BinsSizeAt)} is more than the {file.Length - Length} bytes that follow");
    }

    internal uint MinorVersion => U32(MinorAt);

    internal int BinsSize => (int)U32(BinsSizeAt);

    internal HivePointer Root => new(U32(RootAt), Field("Root cell offset", RootAt));

    /// <summary>Fills in the block of a hive that was written completely, by nobody before.</summary>
    internal static void Write(Span<byte> block, uint minorVersion, int root, int binsSize, FileTime lastWrite)
    {
        Put(block, 0, Signature);
        Put(block, PrimarySequenceAt, 1);
        Put(block, SecondarySequenceAt, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(block[LastWriteAt..], lastWrite.Ticks);
        Put(block, MajorAt, 1);
        Put(block, MinorAt, minorVersion);
        Put(block, FormatAt, DirectMemoryLoad);
        Put(block, RootAt, (uint)root);
        Put(block, BinsSizeAt, (uint)binsSize);
        Put(block, ClusteringFactorAt, 1);
        Put(block, FlagsAt, minorVersion >= VersionOfLayers ? SupportsLayers : 0);
        Put(block, ChecksumAt, Checksum(block));
    }

    /// <summary>XOR of the words before the checksum; neither 0 nor −1.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> block)
    {
        uint sum = 0;
        for (var at = 0; at < ChecksumAt; at += sizeof(uint))
        {
            sum ^= BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
        }

        return sum switch { 0 => 1, uint.MaxValue => uint.MaxValue - 1, _ => sum };
    }

    private static HiveField Field(string name, int at) => new(Record, name, at);

    private static void Require(bool holds, string field, int at, string problem)
    {
        if (!holds)
        {
            throw Field(field, at).Fault(problem);
        }
    }

    private static void Dirty(bool clean, string field, int at, string problem)
    {
        if (!clean)
        {
            throw new HiveException(Record, field, at, problem + "; the hive is dirty, and its transaction logs are not applied here")
            {
                IsDirty = true,
            };
        }
    }

    private static void Put(Span<byte> block, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block[at..], value);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_block[at..]);
}
