namespace VirtEngine.Disks;

/// <summary>
/// A disk as a row of bytes in logical blocks: a file, or a layer over another block device. Any number of requests may be under way, from any
/// thread; those that touch the same bytes at the same time have no order. A request that can be done at once is done when its method returns;
/// the others go on elsewhere, and what awaits them goes on there.
/// </summary>
/// <remarks>
/// Each returned task is awaited once. Requests throw <see cref="BlockException"/> and nothing else. What a completed write wrote survives the
/// end of the process, and after a completed <see cref="FlushAsync"/> the end of the host. Closing a device fails the requests that have not
/// begun, waits for the others, and closes what lies below.
/// </remarks>
internal interface IBlockDevice : IAsyncDisposable
{
    /// <summary>What the device is.</summary>
    BlockGeometry Geometry { get; }

    /// <summary>Reads into the buffers.</summary>
    /// <param name="offset">First byte on the disk, a multiple of the logical block.</param>
    /// <param name="buffers">Where to; as many bytes as they hold are read.</param>
    ValueTask ReadAsync(long offset, BlockBuffers buffers);

    /// <summary>Writes what is in the buffers.</summary>
    /// <param name="offset">First byte on the disk, a multiple of the logical block.</param>
    /// <param name="buffers">Where from.</param>
    ValueTask WriteAsync(long offset, BlockBuffers buffers);

    /// <summary>Makes everything durable that was written by requests that were completed before.</summary>
    ValueTask FlushAsync();

    /// <summary>Says that nobody needs the content of a range any more.</summary>
    /// <param name="offset">First byte on the disk, a multiple of the logical block.</param>
    /// <param name="length">Bytes, a multiple of the logical block.</param>
    ValueTask DiscardAsync(long offset, long length);

    /// <summary>Makes a range read as zeroes.</summary>
    /// <param name="offset">First byte on the disk, a multiple of the logical block.</param>
    /// <param name="length">Bytes, a multiple of the logical block.</param>
    /// <param name="mayDiscard">Whether the range may give its room back.</param>
    ValueTask WriteZeroesAsync(long offset, long length, bool mayDiscard);

    /// <summary>
    /// Says whether somebody waits for all that is under way, as before a reset: what waits for no reason but a limit then goes on at once.
    /// </summary>
    void Hurry(bool hurry) { }
}
