using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>
/// The allocated cells of a hive. All but security descriptors have one owner, so a cell is given out once: that rules out cycles, and keeps what a
/// hive unfolds to within its own size.
/// </summary>
internal sealed class HiveCells
{
    private const string Record = "cell";

    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _binsSize;

    // One bit for each 8 bytes: an allocated cell begins there.
    private readonly ulong[] _allocated;
    private readonly ulong[] _taken;

    /// <summary>Walks through all bins and cells.</summary>
    internal HiveCells(ReadOnlyMemory<byte> file, int binsSize)
    {
        _file = file;
        _binsSize = binsSize;
        _allocated = new ulong[(binsSize / Unit / 64) + 1];
        _taken = new ulong[_allocated.Length];
        var bins = Bins;
        for (int at = 0, end; at < bins.Length; at = end)
        {
            end = at + new HiveBin(bins, at).Size;
            for (var cell = at + HiveBin.HeaderLength; cell < end;)
            {
                var size = BinaryPrimitives.ReadInt32LittleEndian(bins[cell..]);
                var length = Math.Abs((long)size);
                if (length == 0 || length % Unit != 0 || length > end - cell)
                {
                    throw new HiveField(Record, "Size", BaseBlock.Length + (long)cell)
                        .Fault($"{size} is not a multiple of {Unit} within the {end - cell} bytes that are left of the bin");
                }

                if (size < 0)
                {
                    Mark(_allocated, cell);
                }

                cell += (int)length;
            }
        }
    }

    /// <summary>Cells begin at, and have a size of, multiples of it.</summary>
    internal const int Unit = 8;

    private ReadOnlySpan<byte> Bins => _file.Span.Slice(BaseBlock.Length, _binsSize);

    /// <summary>Gives out a cell that nobody has got before.</summary>
    /// <exception cref="HiveException">There is none at that place, or it has an owner.</exception>
    internal HiveCell Take(HivePointer pointer)
    {
        var cell = Look(pointer);
        if (IsMarked(_taken, (int)pointer.Value))
        {
            throw pointer.Field.Fault($"the cell at {pointer.Value} belongs to another record");
        }

        Mark(_taken, (int)pointer.Value);
        return cell;
    }

    /// <summary>Gives a cell that several records share.</summary>
    /// <exception cref="HiveException">There is none at that place.</exception>
    internal HiveCell Look(HivePointer pointer)
    {
        if (pointer.Value % Unit != 0 || pointer.Value >= (uint)_binsSize || !IsMarked(_allocated, (int)pointer.Value))
        {
            throw pointer.Field.Fault($"no allocated cell is at 0x{pointer.Value:x}");
        }

        var at = (int)pointer.Value;
        var length = -BinaryPrimitives.ReadInt32LittleEndian(Bins[at..]) - sizeof(int);
        return new(Bins.Slice(at + sizeof(int), length), BaseBlock.Length + at + sizeof(int));
    }

    /// <summary>A part of a cell that outlives the reading; it is not copied.</summary>
    internal ReadOnlyMemory<byte> Keep(HiveCell cell, int start, int length) => _file.Slice(cell.Offset + start, length);

    private static void Mark(ulong[] bits, int cell) => bits[cell / Unit / 64] |= 1UL << (cell / Unit % 64);

    private static bool IsMarked(ulong[] bits, int cell) => (bits[cell / Unit / 64] & (1UL << (cell / Unit % 64))) != 0;
}
