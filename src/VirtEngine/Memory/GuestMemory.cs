using System.Runtime.CompilerServices;

namespace VirtEngine.Memory;

/// <summary>
/// A machine's RAM: one mapping, seen by the guest at [0, min(size, 3 GiB)) and, what is more, from 4 GiB up. Between them lies
/// the hole for devices. Addresses come from the guest: every access is checked, and a failed one touches nothing.
/// </summary>
/// <remarks>
/// Whoever writes to RAM from outside a virtual processor (a device, a loader) uses <see cref="Write"/> or calls
/// <see cref="NotifyWritten"/> afterwards, so that translated code and dirty logs see the change.
/// </remarks>
public sealed unsafe class GuestMemory : IDisposable
{
    /// <summary>log2 of the page size.</summary>
    public const int PageShift = 12;

    /// <summary>Bytes in a page.</summary>
    public const int PageSize = 1 << PageShift;

    /// <summary>First guest-physical address of the hole below 4 GiB where devices live.</summary>
    public const ulong HoleStart = 0xC000_0000;

    /// <summary>First guest-physical address behind the hole.</summary>
    public const ulong HoleEnd = 0x1_0000_0000;

    private readonly RamMapping _mapping;
    private readonly MemoryRegion[] _regions;
    private readonly byte* _pointer;
    private readonly ulong _lowSize;

    /// <summary>Creates <paramref name="size"/> bytes of zeroed RAM; the host commits a page when it is first touched.</summary>
    /// <param name="size">Bytes, a positive multiple of 4096.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is zero or no multiple of 4096.</exception>
    /// <exception cref="InsufficientMemoryException">The host cannot provide it.</exception>
    public GuestMemory(ulong size)
    {
        if (size == 0 || size % PageSize != 0) throw new ArgumentOutOfRangeException(nameof(size), size, "RAM comes in whole pages of 4096 bytes.");
        Size = size;
        _lowSize = Math.Min(size, HoleStart);
        _regions = size > _lowSize
            ? [new MemoryRegion(0, _lowSize, 0), new MemoryRegion(HoleEnd, size - _lowSize, _lowSize)]
            : [new MemoryRegion(0, _lowSize, 0)];
        _mapping = RamMapping.Create(checked((nuint)size));
        _pointer = _mapping.Pointer;
        Pages = new PageTracker(size >> PageShift);
    }

    /// <summary>Bytes of RAM.</summary>
    public ulong Size { get; }

    /// <summary>The runs of RAM in ascending order.</summary>
    public IReadOnlyList<MemoryRegion> Regions => _regions;

    /// <summary>What is known of each page: decoded code, writes since the dirty log was last read.</summary>
    internal PageTracker Pages { get; }

    /// <summary>The mapping's first byte, for hypervisors.</summary>
    internal byte* Pointer => _pointer;

    /// <summary>Translates a guest-physical address to an offset in the mapping.</summary>
    /// <returns>False where no RAM is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGetOffset(ulong address, out ulong offset)
    {
        if (address < _lowSize) { offset = address; return true; }
        offset = address - (HoleEnd - HoleStart);
        return address >= HoleEnd && offset < Size;
    }

    /// <summary>Finds <paramref name="length"/> bytes of RAM that lie together from <paramref name="address"/> on.</summary>
    /// <returns>False if any of them is not RAM.</returns>
    internal bool TryGetPointer(ulong address, ulong length, out byte* host)
    {
        host = null;
        if (!TryGetOffset(address, out ulong offset)) return false;
        ulong end = address < _lowSize ? _lowSize : Size;
        if (length > end - offset) return false;
        host = _pointer + offset;
        return true;
    }

    /// <summary>A span over RAM, for reading, or for writing when <see cref="NotifyWritten"/> follows.</summary>
    /// <returns>False if any byte of the range is not RAM.</returns>
    public bool TryGetSpan(ulong address, int length, out Span<byte> span)
    {
        if (length < 0 || !TryGetPointer(address, (ulong)length, out byte* host)) { span = default; return false; }
        span = new Span<byte>(host, length);
        return true;
    }

    /// <summary>Copies RAM out.</summary>
    /// <returns>False, with nothing copied, if any byte of the range is not RAM.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!TryGetSpan(address, destination.Length, out var source)) return false;
        source.CopyTo(destination);
        return true;
    }

    /// <summary>Copies into RAM.</summary>
    /// <returns>False, with nothing written, if any byte of the range is not RAM.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!TryGetSpan(address, source.Length, out var destination)) return false;
        source.CopyTo(destination);
        NotifyWritten(address, (ulong)source.Length);
        return true;
    }

    /// <summary>Copies into RAM that the caller knows to exist.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A byte of the range is not RAM.</exception>
    public void Write(ulong address, ReadOnlySpan<byte> source)
    {
        if (!TryWrite(address, source))
            throw new ArgumentOutOfRangeException(nameof(address), $"The range 0x{address:x}+{source.Length} is not RAM.");
    }

    /// <summary>Says that a range was written from outside a virtual processor.</summary>
    public void NotifyWritten(ulong address, ulong length)
    {
        if (length == 0 || !TryGetOffset(address, out ulong offset)) return;
        ulong last = Math.Min(offset + length - 1, Size - 1);
        for (ulong page = offset >> PageShift; page <= last >> PageShift; page++) Pages.NotifyWritten(page);
    }

    /// <summary>Lets the host provide the pages of a range that will be written, all at once. Where it cannot, each comes when it is touched.</summary>
    /// <remarks>
    /// A copy of .NET reads the first byte of its target, for which Linux before 6.13 maps a large page of zeroes, to break it into small ones
    /// when it is written.
    /// </remarks>
    internal void Provide(ulong address, ulong length)
    {
        ulong start = address & ~(ulong)(PageSize - 1), end = (address + length + (PageSize - 1)) & ~(ulong)(PageSize - 1);
        if (TryGetPointer(start, end - start, out byte* host)) _mapping.Provide((ulong)(host - _pointer), end - start);
    }

    /// <summary>Gives whole pages back to the host; they read as zero from then on and come back when they are touched.</summary>
    /// <param name="address">First guest-physical address; a page that the range holds only a part of stays as it is.</param>
    /// <param name="length">Bytes.</param>
    /// <returns>Bytes given back: 0 where the range is not RAM, or the host cannot take pages back (Windows).</returns>
    internal ulong Discard(ulong address, ulong length)
    {
        ulong start = address + (PageSize - 1) & ~(ulong)(PageSize - 1);
        if (start < address || length < start - address || !TryGetPointer(address, length, out _)) return 0;
        ulong whole = (length - (start - address)) & ~(ulong)(PageSize - 1);
        if (whole == 0 || !TryGetOffset(start, out ulong offset) || !_mapping.TryDiscard(offset, whole)) return 0;
        NotifyWritten(start, whole);
        return whole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        Pages.Dispose();
    }
}
