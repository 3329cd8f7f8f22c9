using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtEngine.Memory;

/// <summary>
/// Anonymous shareable memory (a memfd on Linux, a section on Windows), mapped once for reading and writing. Pages cost nothing until
/// they are touched. On Linux nothing can be touched right before and behind them: whoever went astray there would end the process
/// instead of changing other memory of it.
/// </summary>
internal sealed unsafe class SharedMapping : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Bytes before and behind the mapping that are kept free, on Linux.</summary>
    internal const int Guard = 1 << 16;

    private readonly nuint _length;
    private nint _backing;

    private SharedMapping(nuint length) : base(ownsHandle: true) => _length = length;

    /// <summary>First byte of the mapping.</summary>
    internal byte* Pointer => (byte*)handle;

    /// <summary>The memfd's descriptor or the section's handle, for other processes and hypervisors.</summary>
    internal nint Backing => _backing;

    /// <summary>Creates and maps <paramref name="length"/> bytes of zeroes.</summary>
    /// <exception cref="InsufficientMemoryException">The host has no address space or memory for it.</exception>
    internal static SharedMapping Create(nuint length, string name)
    {
        var mapping = new SharedMapping(length);
        bool mapped = OperatingSystem.IsWindows() ? mapping.CreateSection() : mapping.CreateMemfd(name);
        if (mapped) return mapping;
        int error = Marshal.GetLastPInvokeError();
        mapping.Dispose();
        throw new InsufficientMemoryException(
            $"The host cannot provide {length} bytes of memory: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }

    /// <summary>Gives pages back to the host, for all who have them mapped.</summary>
    /// <param name="offset">Offset of the first byte, a multiple of the page size.</param>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    /// <returns>False where the host cannot do that: the pages are as they were.</returns>
    internal bool TryDiscard(ulong offset, ulong length) =>
        offset <= _length && length <= _length - offset && OperatingSystem.IsLinux()
        && Libc.Fallocate((int)_backing, Libc.FALLOC_FL_KEEP_SIZE | Libc.FALLOC_FL_PUNCH_HOLE, (long)offset, (long)length) == 0;

    private bool CreateMemfd(string name)
    {
        int fd = Libc.MemfdCreate(name, Libc.MFD_CLOEXEC);
        if (fd < 0) return false;
        _backing = fd;
        if (Libc.Ftruncate(fd, checked((long)_length)) != 0) return false;
        nint reserved = Libc.Mmap(0, _length + 2 * Guard, Libc.PROT_NONE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, -1, 0);
        if (reserved == Libc.MapFailed) return false;
        SetHandle(reserved + Guard);
        return Libc.Mmap(handle, _length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_FIXED | Libc.MAP_NORESERVE, fd, 0) == handle;
    }

    private bool CreateSection()
    {
        _backing = Kernel32.CreateFileMapping(-1, 0, Kernel32.PAGE_READWRITE, (uint)((ulong)_length >> 32), (uint)_length, 0);
        if (_backing == 0) return false;
        SetHandle(Kernel32.MapViewOfFile(_backing, Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE, 0, 0, _length));
        return !IsInvalid;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() =>
        OperatingSystem.IsWindows() ? Kernel32.UnmapViewOfFile(handle) : Libc.Munmap(handle - Guard, _length + 2 * Guard) == 0;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        nint owned = Interlocked.Exchange(ref _backing, 0);
        if (owned == 0) return;
        if (OperatingSystem.IsWindows()) Kernel32.CloseHandle(owned);
        else _ = Libc.Close((int)owned);
    }
}
