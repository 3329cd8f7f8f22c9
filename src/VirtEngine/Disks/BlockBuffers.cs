namespace VirtEngine.Disks;

/// <summary>
/// The memory of a read or a write, in pieces. The pieces and the list of them are the caller's, native or pinned, and stay where they are until
/// the request is done.
/// </summary>
internal readonly unsafe struct BlockBuffers
{
    /// <param name="segments">The pieces in the order of the disk's bytes.</param>
    /// <param name="count">How many there are.</param>
    internal BlockBuffers(BlockSegment* segments, int count)
    {
        Segments = segments;
        Count = count;
        for (int i = 0; i < count; i++) Length += checked((long)segments[i].Length);
    }

    /// <summary>The pieces.</summary>
    internal BlockSegment* Segments { get; }

    /// <summary>How many there are.</summary>
    internal int Count { get; }

    /// <summary>Bytes of all pieces.</summary>
    internal long Length { get; }

    /// <summary>Copies the pieces out.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    internal void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < Count; i++)
        {
            var piece = new ReadOnlySpan<byte>(Segments[i].Pointer, (int)Segments[i].Length);
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
        }
    }

    /// <summary>Fills the pieces.</summary>
    /// <param name="source">At least <see cref="Length"/> bytes.</param>
    internal void CopyFrom(ReadOnlySpan<byte> source)
    {
        for (int i = 0; i < Count; i++)
        {
            var piece = new Span<byte>(Segments[i].Pointer, (int)Segments[i].Length);
            source[..piece.Length].CopyTo(piece);
            source = source[piece.Length..];
        }
    }
}
