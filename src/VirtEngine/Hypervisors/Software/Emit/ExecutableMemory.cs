using System.Runtime.InteropServices;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Software.Emit;

/// <summary>
/// Memory for host code: the same pages mapped twice, once to write and once to execute, so that no page is ever both. Pieces are handed
/// out one after the other and stay until the process ends. Pages cost nothing until they are used.
/// </summary>
internal sealed unsafe class ExecutableMemory
{
    private const int Alignment = 16;
    private readonly Lock _gate = new();
    private readonly byte* _writable;
    private readonly byte* _executable;
    private readonly nuint _size;
    private nuint _used;

    /// <summary>Reserves <paramref name="size"/> bytes.</summary>
    /// <exception cref="InsufficientMemoryException">The host refuses executable memory.</exception>
    internal ExecutableMemory(nuint size)
    {
        _size = size;
        (nint write, nint execute) = OperatingSystem.IsWindows() ? MapSection(size) : MapMemfd(size);
        _writable = (byte*)write;
        _executable = (byte*)execute;
    }

    /// <summary>Bytes that are in use.</summary>
    internal nuint Used => Volatile.Read(ref _used);

    /// <summary>Copies position-independent code and returns the address to call it at.</summary>
    /// <exception cref="InsufficientMemoryException">The reserve is used up.</exception>
    internal nint Add(ReadOnlySpan<byte> code)
    {
        lock (_gate)
        {
            nuint next = _used + (((nuint)code.Length + Alignment - 1) & ~(nuint)(Alignment - 1));
            if (next > _size) throw new InsufficientMemoryException($"The {_size} bytes reserved for host code are used up.");
            code.CopyTo(new Span<byte>(_writable + _used, code.Length));
            nint address = (nint)(_executable + _used);
            Volatile.Write(ref _used, next);
            return address;
        }
    }

    private static (nint Writable, nint Executable) MapMemfd(nuint size)
    {
        int fd = Libc.MemfdCreate("virttools-code", Libc.MFD_CLOEXEC);
        if (fd < 0) throw Refused();
        try
        {
            if (Libc.Ftruncate(fd, checked((long)size)) != 0) throw Refused();
            return (Map(Libc.PROT_READ | Libc.PROT_WRITE), Map(Libc.PROT_READ | Libc.PROT_EXEC));
        }
        finally
        {
            _ = Libc.Close(fd);
        }

        nint Map(int protection)
        {
            nint address = Libc.Mmap(0, size, protection, Libc.MAP_SHARED, fd, 0);
            return address != Libc.MapFailed ? address : throw Refused();
        }
    }

    private static (nint Writable, nint Executable) MapSection(nuint size)
    {
        nint section = Kernel32.CreateFileMapping(-1, 0, Kernel32.PAGE_EXECUTE_READWRITE, (uint)((ulong)size >> 32), (uint)size, 0);
        if (section == 0) throw Refused();
        try
        {
            return (Map(Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE), Map(Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_EXECUTE));
        }
        finally
        {
            Kernel32.CloseHandle(section);
        }

        nint Map(uint access)
        {
            nint address = Kernel32.MapViewOfFile(section, access, 0, 0, size);
            return address != 0 ? address : throw Refused();
        }
    }

    private static InsufficientMemoryException Refused()
    {
        int error = Marshal.GetLastPInvokeError();
        return new($"The host provides no executable memory: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }
}
