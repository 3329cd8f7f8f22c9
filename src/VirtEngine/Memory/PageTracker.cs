using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VirtEngine.Memory;

/// <summary>
/// One counter and one dirty bit per page of RAM. A page's counter is odd while some virtual processor holds code decoded from it; the
/// first write then makes it even and so outdates that code. Pages are numbered by their offset in the mapping.
/// </summary>
internal sealed unsafe class PageTracker : IDisposable
{
    private uint* _versions;
    private readonly ulong[] _dirty;
    private volatile bool _logging;

    internal PageTracker(ulong pages)
    {
        Count = pages;
        _versions = (uint*)NativeMemory.AllocZeroed(checked((nuint)pages), sizeof(uint));
        _dirty = new ulong[(pages + 63) / 64];
    }

    /// <summary>Pages of RAM.</summary>
    internal ulong Count { get; }

    /// <summary>Whether writes are being recorded.</summary>
    internal bool IsLogging => _logging;

    /// <summary>Raised when a page must trap its next write: it now holds code, or its dirty bit was cleared. The argument is the page
    /// or, for all pages, <see cref="ulong.MaxValue"/>. Handlers drop cached permission to write before they return.</summary>
    internal event Action<ulong>? WriteProtected;

    /// <summary>Address of a page's counter, stable for the tracker's life.</summary>
    internal uint* VersionOf(ulong page) => _versions + page;

    /// <summary>Whether the next write to the page must be seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MustTrapWrites(ulong page) =>
        (Volatile.Read(ref _versions[page]) & 1) != 0 || (_logging && (Volatile.Read(ref _dirty[page >> 6]) >> (int)(page & 63) & 1) == 0);

    /// <summary>Marks a page as holding code about to be decoded.</summary>
    /// <returns>The counter that the decoded code is valid for.</returns>
    internal uint MarkCode(ulong page)
    {
        uint before = Interlocked.Or(ref _versions[page], 1);
        if ((before & 1) == 0) WriteProtected?.Invoke(page);
        return before | 1;
    }

    /// <summary>Records a write.</summary>
    /// <returns>Whether decoded code became outdated.</returns>
    internal bool NotifyWritten(ulong page)
    {
        if (_logging) Interlocked.Or(ref _dirty[page >> 6], 1ul << (int)(page & 63));
        uint version = Volatile.Read(ref _versions[page]);
        if ((version & 1) == 0) return false;
        return Interlocked.CompareExchange(ref _versions[page], version + 1, version) == version;
    }

    /// <summary>Begins to record writes, from a clean slate.</summary>
    internal void StartLogging()
    {
        Array.Clear(_dirty);
        _logging = true;
        WriteProtected?.Invoke(ulong.MaxValue);
    }

    /// <summary>Stops recording.</summary>
    internal void StopLogging() => _logging = false;

    /// <summary>Moves the dirty bits out, one per page, and clears them.</summary>
    /// <param name="bitmap">At least one bit per page; overwritten.</param>
    internal void CollectDirty(Span<ulong> bitmap)
    {
        for (int i = 0; i < _dirty.Length; i++) bitmap[i] = Interlocked.Exchange(ref _dirty[i], 0);
        // A write between the exchange and this call is recorded by neither round only if a processor still had permission: it is
        // revoked here, and the caller copies pages after this returns.
        WriteProtected?.Invoke(ulong.MaxValue);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_versions);
        _versions = null;
    }
}
