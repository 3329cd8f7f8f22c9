using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A hive that grows while it is written: the base block's place, then bins that are filled with cells.</summary>
/// <param name="time">What the first bin says as its time.</param>
/// <param name="room">Bytes that the file will have, as far as is known.</param>
internal sealed class HiveSpace(FileTime time, long room)
{
    private byte[] _file = new byte[Math.Clamp(room, BaseBlock.Length + HiveBin.Alignment, Array.MaxLength)];
    private int _next;

    /// <summary>Bytes of all bins.</summary>
    internal int BinsSize { get; private set; }

    /// <summary>Makes a cell, all zero.</summary>
    /// <param name="length">Bytes that it shall hold.</param>
    /// <returns>Where it is, from the start of the first bin.</returns>
    /// <exception cref="ArgumentException">The hive would be larger than an array can be.</exception>
    internal int Allocate(int length)
    {
        var size = ((long)length + sizeof(int) + HiveCells.Unit - 1) / HiveCells.Unit * HiveCells.Unit;
        if (size > BinsSize - _next)
        {
            CloseBin();
            OpenBin(size);
        }

        var cell = _next;
        BinaryPrimitives.WriteInt32LittleEndian(Bins(cell), (int)-size);
        _next += (int)size;
        return cell;
    }

    /// <summary>A cell's bytes, until the next one is made.</summary>
    internal Span<byte> At(int cell)
    {
        var bytes = Bins(cell);
        return bytes.Slice(sizeof(int), -BinaryPrimitives.ReadInt32LittleEndian(bytes) - sizeof(int));
    }

    /// <summary>The whole file, with the base block filled in.</summary>
    internal ReadOnlyMemory<byte> Finish(uint minorVersion, int root)
    {
        CloseBin();
        BaseBlock.Write(_file, minorVersion, root, BinsSize, time);
        return _file.AsMemory(0, BaseBlock.Length + BinsSize);
    }

    private Span<byte> Bins(int at) => _file.AsSpan(BaseBlock.Length + at);

    private void CloseBin()
    {
        // A free cell's size is positive.
        if (_next < BinsSize)
        {
            BinaryPrimitives.WriteInt32LittleEndian(Bins(_next), BinsSize - _next);
            _next = BinsSize;
        }
    }

    private void OpenBin(long cell)
    {
        var size = (HiveBin.HeaderLength + cell + HiveBin.Alignment - 1) / HiveBin.Alignment * HiveBin.Alignment;
        var needed = BaseBlock.Length + BinsSize + size;
        if (needed > Array.MaxLength)
        {
            throw new ArgumentException($"A hive of more than {Array.MaxLength} bytes cannot be written.");
        }

        if (needed > _file.Length)
        {
            Array.Resize(ref _file, (int)Math.Clamp(_file.Length * 2L, needed, Array.MaxLength));
        }

        HiveBin.Write(Bins(BinsSize), BinsSize, (int)size, BinsSize == 0 ? time : default);
        _next = BinsSize + HiveBin.HeaderLength;
        BinsSize += (int)size;
    }
}
