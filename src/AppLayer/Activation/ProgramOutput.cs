using System.Globalization;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace AppLayer.Activation;

/// <summary>
/// What a program wrote to one of its standard streams: a file that the program itself appends to (some Windows programs refuse to write to a
/// pipe of Linux), with exactly its bytes. Of a long one the beginning is given up, as a hole in the file, so that offsets stay what they are.
/// </summary>
internal static class ProgramOutput
{
    /// <summary>Bytes that are kept at least; about twice that at most.</summary>
    internal const long Kept = 8 << 20;

    // Holes begin and end where the file system's blocks do; none has larger ones.
    private const long Block = 64 << 10;

    internal static string FileName(int program, bool isError) =>
        string.Create(CultureInfo.InvariantCulture, $"{(isError ? "stderr" : "stdout")}-{program}.log");

    /// <summary>Makes a stream's file, in place of one that an earlier run left.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal static void Create(string path) => RestrictedFiles.Open(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();

    /// <summary>Removes the files of earlier runs.</summary>
    internal static void RemoveAll(string directory)
    {
        foreach (var pattern in (string[])["stdout-*.log", "stderr-*.log"])
        {
            foreach (var path in Directory.GetFiles(directory, pattern))
            {
                Leftover.Remove(path);
            }
        }
    }

    /// <summary>Gives up the beginning of a long file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="freed">What was given up before, in bytes from the beginning; moved on.</param>
    /// <param name="kept">How much to keep.</param>
    /// <exception cref="IOException">The file system has no holes, or the disk refuses.</exception>
    internal static void GiveUpBeginning(string path, ref long freed, long kept = Kept)
    {
        using var file = new SafeFileHandle(Libc.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC), ownsHandle: true);
        if (file.IsInvalid)
        {
            return;
        }

        var length = RandomAccess.GetLength(file);
        if (length - freed < 2 * kept)
        {
            return;
        }

        var end = (length - kept) / Block * Block;
        if (Libc.Fallocate(file, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, 0, end) != 0)
        {
            throw new IOException($"'{path}' cannot be shortened: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}");
        }

        freed = end;
    }

    /// <summary>Reads without waiting.</summary>
    /// <param name="path">The file; one that is not there is empty.</param>
    /// <param name="offset">Where; moved to the oldest byte that is kept.</param>
    /// <param name="buffer">Filled as far as there is something.</param>
    /// <returns>Bytes read; 0 at the end.</returns>
    internal static int Read(string path, ref long offset, Span<byte> buffer)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var data = OperatingSystem.IsWindows() ? -1 : Libc.Seek(file, offset, Libc.SEEK_DATA);
            offset = Math.Max(offset, Math.Min(data, RandomAccess.GetLength(file)));
            return RandomAccess.Read(file, buffer, offset);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>Signals whenever files of a directory's programs may have grown.</summary>
    internal static FileSystemWatcher Watch(string directory, ChannelWriter<bool> grown)
    {
        var watcher = new FileSystemWatcher(directory, "std*.log") { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => grown.TryWrite(true);
        watcher.Error += (_, _) => grown.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
