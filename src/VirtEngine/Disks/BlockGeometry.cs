namespace VirtEngine.Disks;

/// <summary>What a block device is; it does not change while the device is open.</summary>
internal sealed record BlockGeometry
{
    /// <summary>The smallest logical block: 512 bytes.</summary>
    internal const int SectorSize = 512;

    /// <summary>Bytes, a multiple of <see cref="LogicalBlockSize"/>.</summary>
    internal required long Length { get; init; }

    /// <summary>Bytes that requests are multiples of: 512 or 4096.</summary>
    internal int LogicalBlockSize { get; init; } = SectorSize;

    /// <summary>Bytes that the medium writes whole: requests that are multiples of it are the fastest.</summary>
    internal int PhysicalBlockSize { get; init; } = 4096;

    /// <summary>Whether the device refuses what would change it.</summary>
    internal bool IsReadOnly { get; init; }

    /// <summary>What the device can.</summary>
    internal BlockCapabilities Capabilities { get; init; }

    /// <summary>Whether a range lies on the device, and on its logical blocks.</summary>
    internal bool Contains(long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= Length && length <= Length - offset
            && offset % LogicalBlockSize == 0 && length % LogicalBlockSize == 0;

    /// <summary>Looks whether the device can do a request.</summary>
    /// <returns>Null, or why not.</returns>
    internal BlockException? Check(BlockOperation operation, long offset, long length)
    {
        if (IsReadOnly && operation is (BlockOperation.Write or BlockOperation.Discard or BlockOperation.WriteZeroes))
            return new BlockException(BlockStatus.ReadOnly, "The disk is read-only.");
        if (!Contains(offset, length))
            return new BlockException(BlockStatus.OutOfRange,
                $"{operation} of {length} bytes at {offset} on a disk of {Length} bytes in blocks of {LogicalBlockSize}.");
        return null;
    }
}
