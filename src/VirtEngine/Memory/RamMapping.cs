using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtEngine.Memory;

/// <summary>
/// Zeroed memory of the host, mapped once for reading and writing. Pages cost nothing until they are touched. On Linux it is private and
/// anonymous, in large pages where the host has them: shared memory has them only where an administrator says so, and a processor that
/// translates a guest's addresses by small pages is left for the hypervisor twenty times as often while a kernel boots. Right before and
/// behind it nothing can be touched there: whoever went astray would end the process instead of changing other memory of it.
/// </summary>
internal sealed unsafe class RamMapping : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Bytes before and behind the mapping that are kept free, on Linux: a large page, at whose multiple the mapping begins.</summary>
    private const int Guard = 1 << 21;

    private readonly nuint _length;
    private nint _reserved, _section;

    private RamMapping(nuint length) : base(ownsHandle: true) => _length = length;

    /// <summary>First byte of the mapping.</summary>
    internal byte* Pointer => (byte*)handle;

    /// <summary>Maps <paramref name="length"/> bytes of zeroes.</summary>
    /// <exception cref="InsufficientMemoryException">The host has no address space or memory for it.</exception>
    internal static RamMapping Create(nuint length)
    {
        var mapping = new RamMapping(length);
        bool mapped = OperatingSystem.IsWindows() ? mapping.CreateSection() : mapping.Reserve();
        if (mapped) return mapping;
        int error = Marshal.GetLastPInvokeError();
        mapping.Dispose();
        throw new InsufficientMemoryException(
            $"The host cannot provide {length} bytes of memory: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }

    /// <summary>Gives pages back to the host.</summary>
    /// <param name="offset">Offset of the first byte, a multiple of the page size.</param>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    /// <returns>False where the host cannot do that: the pages are as they were.</returns>
    internal bool TryDiscard(ulong offset, ulong length) =>
        offset <= _length && length <= _length - offset && OperatingSystem.IsLinux()
        && Libc.Madvise(handle + (nint)offset, (nuint)length, Libc.MADV_DONTNEED) == 0;

    /// <summary>Lets the host provide pages before they are touched; where it cannot (Linux before 5.14), they come then.</summary>
    /// <param name="offset">Offset of the first byte, a multiple of the page size.</param>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    internal void Provide(ulong offset, ulong length)
    {
        if (OperatingSystem.IsLinux()) _ = Libc.Madvise(handle + (nint)offset, (nuint)length, Libc.MADV_POPULATE_WRITE);
    }

    private bool Reserve()
    {
        nint reserved = Libc.Mmap(0, Reserved, Libc.PROT_NONE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, -1, 0);
        if (reserved == Libc.MapFailed) return false;
        _reserved = reserved;
        SetHandle((reserved + 2 * Guard - 1) & -Guard);
        const int flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED | Libc.MAP_NORESERVE;
        if (Libc.Mmap(handle, _length, Libc.PROT_READ | Libc.PROT_WRITE, flags, -1, 0) != handle) return false;
        // A kernel without large pages refuses; the memory is the same.
        _ = Libc.Madvise(handle, _length, Libc.MADV_HUGEPAGE);
        return true;
    }

    private nuint Reserved => _length + 3 * Guard;

    private bool CreateSection()
    {
        _section = Kernel32.CreateFileMapping(-1, 0, Kernel32.PAGE_READWRITE, (uint)((ulong)_length >> 32), (uint)_length, 0);
        if (_section == 0) return false;
        SetHandle(Kernel32.MapViewOfFile(_section, Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE, 0, 0, _length));
        return !IsInvalid;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() =>
        OperatingSystem.IsWindows() ? Kernel32.UnmapViewOfFile(handle) : Libc.Munmap(_reserved, Reserved) == 0;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        nint owned = Interlocked.Exchange(ref _section, 0);
        if (owned != 0) Kernel32.CloseHandle(owned);
    }
}
