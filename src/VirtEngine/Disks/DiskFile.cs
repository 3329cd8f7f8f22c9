using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace VirtEngine.Disks;

/// <summary>
/// An open file that holds a disk, with the calls that the system has for it; all of them wait. Who writes has it alone, readers share it, across
/// all processes.
/// </summary>
internal sealed unsafe class DiskFile : IDisposable
{
    private const int ZeroesLength = 1 << 20;

    // Never written to: the system gives one page of zeroes for all of it.
    private static readonly byte* Zeroes = (byte*)NativeMemory.AllocZeroed(ZeroesLength);

    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly bool _isInMemory;
    private bool _canPunch, _canZero = true;

    private DiskFile(SafeFileHandle handle, string path, long length, bool readOnly)
    {
        _handle = handle;
        _path = path;
        Length = length;
        _isInMemory = IsInMemory(handle);
        // A hole behind the end changes nothing; that it is made shows that the file system can.
        _canPunch = OperatingSystem.IsLinux() && !readOnly
            && Libc.Fallocate(handle, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, length, 4096) == 0;
    }

    /// <summary>Bytes when it was opened.</summary>
    internal long Length { get; }

    /// <summary>Whether ranges can be taken out of the file.</summary>
    internal bool CanPunch => _canPunch;

    /// <summary>Opens a file and takes its lock.</summary>
    /// <exception cref="VirtException">It is not there, is no file, may not be opened, or somebody else has it.</exception>
    internal static DiskFile Open(string path, bool readOnly)
    {
        try
        {
            var handle = OperatingSystem.IsWindows() ? OpenOnWindows(path, readOnly) : OpenOnUnix(path, readOnly);
            return new DiskFile(handle, path, RandomAccess.GetLength(handle), readOnly);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VirtException(VirtErrorCode.DiskFileNotFound, $"The disk '{path}' does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The disk '{path}' cannot be opened", e);
        }
    }

    private static SafeFileHandle OpenOnUnix(string path, bool readOnly)
    {
        // Not to wait for the other end of a pipe.
        int descriptor = Libc.Open(path, (readOnly ? Libc.O_RDONLY : Libc.O_RDWR) | Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw Directory.Exists(path) ? NotAFile(path) : UnixError.Of(error, path);
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            byte nothing = 0;
            if (Libc.Statx(descriptor, &nothing, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out var status) != 0) throw UnixError.Last(path);
            if (status.Type != Statx.RegularType) throw NotAFile(path);
            if (Libc.Flock(handle, (readOnly ? Libc.LOCK_SH : Libc.LOCK_EX) | Libc.LOCK_NB) != 0)
                throw Marshal.GetLastPInvokeError() == Libc.EWOULDBLOCK ? InUse(path, readOnly, null) : UnixError.Last(path);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenOnWindows(string path, bool readOnly)
    {
        try
        {
            if (Directory.Exists(path)) throw NotAFile(path);
            return File.OpenHandle(
                path, FileMode.Open, readOnly ? FileAccess.Read : FileAccess.ReadWrite, readOnly ? FileShare.Read : FileShare.None, FileOptions.RandomAccess);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is 32 or 33)     // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
        {
            throw InUse(path, readOnly, e);
        }
    }

    private static VirtException NotAFile(string path) => new(VirtErrorCode.DiskFileInvalid, $"The disk '{path}' is not a regular file.");

    private static VirtException InUse(string path, bool readOnly, Exception? cause) => new(VirtErrorCode.DiskFileInUse,
        readOnly ? $"The disk '{path}' is being written to by another machine." : $"The disk '{path}' is in use by another machine.", cause);

    /// <summary>Reads if nothing has to be waited for.</summary>
    internal bool TryReadNow(long offset, BlockBuffers buffers) =>
        OperatingSystem.IsLinux() && buffers.Count <= Libc.IOV_MAX
            && Libc.Preadv2(_handle, buffers.Segments, buffers.Count, offset, _isInMemory ? 0 : Libc.RWF_NOWAIT) == buffers.Length;

    // Such a file system never waits for a device, but Linux before 6.6 refuses to promise it.
    private static bool IsInMemory(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var status = stackalloc long[Libc.StatfsSize / sizeof(long)];
        return Libc.Fstatfs(handle, status) == 0 && *status is Libc.TMPFS_MAGIC or Libc.RAMFS_MAGIC;
    }

    internal void Read(long offset, BlockBuffers buffers) => Transfer(BlockOperation.Read, offset, buffers);

    internal void Write(long offset, BlockBuffers buffers) => Transfer(BlockOperation.Write, offset, buffers);

    internal void Flush()
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                RandomAccess.FlushToDisk(_handle);
            }
            catch (IOException e)
            {
                throw new BlockException(BlockStatus.MediumError, $"'{_path}' cannot be made durable: {e.Message}", e);
            }
            return;
        }
        while (Libc.Fdatasync(_handle) != 0) ThrowUnlessInterrupted(BlockOperation.Flush, 0);
    }

    /// <summary>Takes a range out of the file; without <see cref="CanPunch"/> nothing happens.</summary>
    internal void Discard(long offset, long length)
    {
        if (length > 0) TryPunch(BlockOperation.Discard, offset, length);
    }

    /// <summary>Makes a range read as zeroes: by the file system where it can, else by writing them.</summary>
    internal void WriteZeroes(long offset, long length, bool mayDiscard)
    {
        if (length == 0 || (mayDiscard && TryPunch(BlockOperation.WriteZeroes, offset, length)) || TryZero(offset, length)) return;
        while (length > 0)
        {
            var piece = new BlockSegment(Zeroes, (nuint)Math.Min(length, ZeroesLength));
            Write(offset, new BlockBuffers(&piece, 1));
            offset += (long)piece.Length;
            length -= (long)piece.Length;
        }
    }

    private bool TryPunch(BlockOperation operation, long offset, long length) =>
        _canPunch && TryAllocate(operation, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length, ref _canPunch);

    private bool TryZero(long offset, long length) =>
        _canZero && OperatingSystem.IsLinux()
            && TryAllocate(BlockOperation.WriteZeroes, Libc.FALLOC_FL_ZERO_RANGE | Libc.FALLOC_FL_KEEP_SIZE, offset, length, ref _canZero);

    private bool TryAllocate(BlockOperation operation, int mode, long offset, long length, ref bool possible)
    {
        while (Libc.Fallocate(_handle, mode, offset, length) != 0)
        {
            if (Marshal.GetLastPInvokeError() is Libc.EOPNOTSUPP or Libc.ENOSYS) return possible = false;
            ThrowUnlessInterrupted(operation, offset);
        }
        return true;
    }

    private void Transfer(BlockOperation operation, long offset, BlockBuffers buffers)
    {
        int index = 0;
        nuint done = 0;     // of the piece at the index
        while (index < buffers.Count)
        {
            nint count;
            if (done > 0 || OperatingSystem.IsWindows())
            {
                var rest = new BlockSegment(buffers.Segments[index].Pointer + done, buffers.Segments[index].Length - done);
                count = OperatingSystem.IsWindows() ? TransferOnWindows(operation, offset, rest) : TransferOnce(operation, offset, &rest, 1);
            }
            else count = TransferOnce(operation, offset, buffers.Segments + index, Math.Min(buffers.Count - index, Libc.IOV_MAX));
            offset += count;
            for (nuint more = (nuint)count; index < buffers.Count && (more > 0 || buffers.Segments[index].Length == done);)
            {
                nuint step = Math.Min(more, buffers.Segments[index].Length - done);
                done += step;
                more -= step;
                if (done < buffers.Segments[index].Length) break;
                index++;
                done = 0;
            }
        }
    }

    private nint TransferOnce(BlockOperation operation, long offset, BlockSegment* segments, int count)
    {
        while (true)
        {
            nint done = operation == BlockOperation.Read
                ? Libc.Preadv2(_handle, segments, count, offset, 0)
                : Libc.Pwritev(_handle, segments, count, offset);
            if (done > 0) return done;
            if (done < 0) ThrowUnlessInterrupted(operation, offset);
            else if (new BlockBuffers(segments, count).Length == 0) return 0;
            else throw Shortened(offset);
        }
    }

    private nint TransferOnWindows(BlockOperation operation, long offset, BlockSegment piece)
    {
        if (piece.Length == 0) return 0;
        var span = new Span<byte>(piece.Pointer, (int)piece.Length);
        try
        {
            if (operation == BlockOperation.Write)
            {
                RandomAccess.Write(_handle, span, offset);
                return span.Length;
            }
            int count = RandomAccess.Read(_handle, span, offset);
            return count > 0 ? count : throw Shortened(offset);
        }
        catch (IOException e)
        {
            // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
            throw new BlockException((e.HResult & 0xFFFF) is 39 or 112 ? BlockStatus.NoSpace : BlockStatus.MediumError, $"'{_path}': {e.Message}", e);
        }
    }

    private BlockException Shortened(long offset) =>
        new(BlockStatus.MediumError, $"'{_path}' ends before byte {offset}: it has been shortened since it was opened.");

    private void ThrowUnlessInterrupted(BlockOperation operation, long offset)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Libc.EINTR) return;
        var status = error switch
        {
            Libc.ENOSPC or Libc.EDQUOT => BlockStatus.NoSpace,
            Libc.EROFS => BlockStatus.ReadOnly,
            _ => BlockStatus.MediumError,
        };
        throw new BlockException(status, $"{operation} of '{_path}' at byte {offset}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }

    // The lock goes first: a process that is being started may have a copy of the descriptor for a moment.
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows() && !_handle.IsClosed) _ = Libc.Flock(_handle, Libc.LOCK_UN);
        _handle.Dispose();
    }
}
