using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtEngine.Boot;

/// <summary>A large buffer for a short time. It is outside the managed heap, so that a worker gives its memory back at once.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    private const int LargePage = 2 << 20;

    internal NativeBuffer(int length) : base(0, ownsHandle: true)
    {
        Length = length;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), LargePage));
        // A hint: without it filling the buffer faults on every 4 KiB, which takes as long as the decompression.
        if (OperatingSystem.IsLinux() && length >= LargePage)
            _ = Libc.Madvise(handle, (nuint)(length & -LargePage), Libc.MADV_HUGEPAGE);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes.</summary>
    internal int Length { get; }

    /// <summary>The bytes; valid until the buffer is disposed.</summary>
    internal Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<byte>((void*)handle, Length);
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximum">The most bytes that are accepted.</param>
    /// <exception cref="BootException">The file is larger, no regular file, or changes while it is read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static NativeBuffer ReadFile(string path, int maximum)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = LengthOf(file, path);
        if (length > maximum) throw new BootException($"'{path}' has {length} bytes; a kernel has at most {maximum}.");
        var buffer = new NativeBuffer((int)length);
        try
        {
            for (int done = 0; done < buffer.Length;)
            {
                int count = RandomAccess.Read(file, buffer.Span[done..], done);
                if (count == 0) throw new BootException($"'{path}' shrank while it was read.");
                done += count;
            }
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>A file's length.</summary>
    /// <exception cref="BootException">It has none, like a pipe.</exception>
    internal static long LengthOf(SafeFileHandle file, string path)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (NotSupportedException)
        {
            throw new BootException($"'{path}' is no regular file.");
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
