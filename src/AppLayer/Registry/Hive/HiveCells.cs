using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>
/// The allocated cells of a hive. All but security descriptors have one owner, so a cell is given out once: that rules out cycles, and keeps what a
/// hive unfolds to within its own size.
/// </summary>
internal readonly ref struct HiveCells
{
    private const string Record = "cell";

    private readonly ReadOnlySpan<byte> _bins;

    // One bit for each 8 bytes: an allocated cell begins there.
    private readonly ulong[] _allocated;
    private readonly ulong[] _taken;

    /// <summary>Walks through all bins and cells.</summary>
    internal HiveCells(ReadOnlySpan<byte> bins)
    {
        _bins = bins;
        _allocated = new ulong[(bins.Length / Unit / 64) + 1];
        _taken = new ulong[_allocated.Length];
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
        if (pointer.Value % Unit != 0 || pointer.Value >= (uint)_bins.Length || !IsMarked(_allocated, (int)pointer.Value))
        {
            throw pointer.Field.Fault($"no allocated cell is at 0x{pointer.Value:x}");
        }

        return At(pointer.Value);
    }

    /// <summary>Gives a cell that was given before.</summary>
    internal HiveCell At(uint offset)
    {
        var at = (int)offset;
        var length = -BinaryPrimitives.ReadInt32LittleEndian(_bins[at..]) - sizeof(int);
        return new(_bins.Slice(at + sizeof(int), length), BaseBlock.Length + at + sizeof(int));
    }

    private static void Mark(ulong[] bits, int cell) => bits[cell / Unit / 64] |= 1UL << (cell / Unit % 64);

    private static bool IsMarked(ulong[] bits, int cell) => (bits[cell / Unit / 64] & (1UL << (cell / Unit % 64))) != 0;
}
