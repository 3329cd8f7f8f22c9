using System.Diagnostics;
using System.Globalization;
using VirtEngine.Disks;
using VirtFoundation;
using VirtTools.Tests;
using static VirtEngine.Tests.Disks.BlockDeviceExtensions;

namespace VirtEngine.Tests.Disks;

[Collection(AloneCollection.Name)]
public sealed class RawFileTests : IDisposable
{
    private const int Size = 8 << 20;

    private readonly TemporaryDirectory _directory = new();

    private string MakeFile(byte[] content, string name = "disk.raw")
    {
        string path = Path.Combine(_directory.Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    [Theory]
    [InlineData(0, 4096)]               // a page: on the caller's thread
    [InlineData(512, 512)]              // a sector: by a thread
    [InlineData(4096, 1 << 20)]         // more than is written at once
    public async Task What_is_written_in_pieces_is_in_the_file_and_read_in_other_pieces(int offset, int length)
    {
        string path = MakeFile(new byte[Size]);
        byte[] content = Pattern(1, length);
        await using (var disk = RawFile.Open(path, readOnly: false))
        {
            using var source = NativeBuffers.Of(content, 1, length / 2 - 1, 0, length / 2);
            await disk.WriteAsync(offset, source.Buffers);
            await disk.FlushAsync();
            using var target = new NativeBuffers(length - 100, 100);
            await disk.ReadAsync(offset, target.Buffers);
            Assert.Equal(content, target.ToArray());
        }
        byte[] expected = new byte[Size];
        content.CopyTo(expected, offset);
        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Request_of_more_pieces_than_the_system_takes_at_once_is_done_whole()
    {
        int[] pieces = new int[1500];
        Array.Fill(pieces, 512);
        byte[] content = Pattern(2, 1500 * 512);
        await using var disk = RawFile.Open(MakeFile(new byte[Size]), readOnly: false);
        using var source = NativeBuffers.Of(content, pieces);
        using var target = new NativeBuffers(pieces);
        await disk.WriteAsync(512, source.Buffers);
        await disk.ReadAsync(512, target.Buffers);
        Assert.Equal(content, target.ToArray());
    }

    [Fact]
    public async Task Many_requests_at_once_each_get_their_own()
    {
        byte[] content = Pattern(3, Size);
        await using var disk = RawFile.Open(MakeFile(content), readOnly: false);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (int i = 0; i < 300; i++)
            {
                // Each has a quarter of the disk, and writes back what it read.
                int length = 512 * random.Next(1, 300), offset = seed * (Size / 4) + 512 * random.Next((Size / 4 - length) / 512);
                byte[] read = await disk.ReadBytesAsync(offset, length);
                Assert.Equal(content.AsSpan(offset, length).ToArray(), read);
                await disk.WriteBytesAsync(offset, read);
            }
        })));
    }

    [LinuxFact]
    public async Task Two_machines_cannot_write_one_disk()
    {
        string path = MakeFile(new byte[Size]);
        await using (RawFile.Open(path, readOnly: false))
        {
            foreach (bool readOnly in (bool[])[false, true])
            {
                var refused = Assert.Throws<VirtException>(() => RawFile.Open(path, readOnly));
                Assert.Equal(VirtErrorCode.DiskFileInUse, refused.Code);
                Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            }
            Assert.NotEqual(0, Run("flock", "--nonblock", path, "true").ExitCode);        // nor can another process
        }
        Assert.Equal(0, Run("flock", "--nonblock", path, "true").ExitCode);
        await using (RawFile.Open(path, readOnly: true))
        await using (RawFile.Open(path, readOnly: true))
        {
            Assert.Equal(VirtErrorCode.DiskFileInUse, Assert.Throws<VirtException>(() => RawFile.Open(path, readOnly: false)).Code);
        }
        await using var again = RawFile.Open(path, readOnly: false);
    }

    [LinuxFact]
    public void What_is_no_disk_is_refused_with_its_name()
    {
        string pipe = Path.Combine(_directory.Path, "pipe");
        Assert.Equal(0, Run("mkfifo", pipe).ExitCode);
        foreach (var (path, code) in new[]
        {
            (Path.Combine(_directory.Path, "missing"), VirtErrorCode.DiskFileNotFound), (_directory.Path, VirtErrorCode.DiskFileInvalid),
            (pipe, VirtErrorCode.DiskFileInvalid), (MakeFile([], "empty"), VirtErrorCode.DiskFileInvalid), (MakeFile(new byte[513], "odd"), VirtErrorCode.DiskFileInvalid),
        })
        {
            foreach (bool readOnly in (bool[])[false, true])
            {
                var refused = Assert.Throws<VirtException>(() => RawFile.Open(path, readOnly));
                Assert.Equal(code, refused.Code);
                Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Requests_outside_the_disk_or_its_blocks_fail_and_change_nothing()
    {
        byte[] content = Pattern(4, Size);
        string path = MakeFile(content);
        await using (var disk = RawFile.Open(path, readOnly: false))
        {
            using var page = new NativeBuffers(4096);
            foreach (long offset in (long[])[-4096, -512, 1, Size, Size - 512, long.MaxValue - 511, long.MinValue])
            {
                await FailsAsync(BlockStatus.OutOfRange, () => disk.ReadAsync(offset, page.Buffers));
                await FailsAsync(BlockStatus.OutOfRange, () => disk.WriteAsync(offset, page.Buffers));
                await FailsAsync(BlockStatus.OutOfRange, () => disk.DiscardAsync(offset, 4096));
                await FailsAsync(BlockStatus.OutOfRange, () => disk.WriteZeroesAsync(offset, 4096, true));
            }
            await FailsAsync(BlockStatus.OutOfRange, () => disk.DiscardAsync(0, long.MaxValue));
            await FailsAsync(BlockStatus.OutOfRange, () => disk.DiscardAsync(0, -512));
            await FailsAsync(BlockStatus.OutOfRange, () => disk.WriteZeroesAsync(0, 100, false));
        }
        Assert.Equal(content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Read_only_disk_is_read_and_nothing_else()
    {
        byte[] content = Pattern(5, Size);
        await using var disk = RawFile.Open(MakeFile(content), readOnly: true);
        Assert.True(disk.Geometry.IsReadOnly);
        Assert.Equal(content, await disk.ReadBytesAsync(0, Size));
        using var page = new NativeBuffers(4096);
        await FailsAsync(BlockStatus.ReadOnly, () => disk.WriteAsync(0, page.Buffers));
        await FailsAsync(BlockStatus.ReadOnly, () => disk.DiscardAsync(0, 4096));
        await FailsAsync(BlockStatus.ReadOnly, () => disk.WriteZeroesAsync(0, 4096, true));
        await disk.FlushAsync();
    }

    [LinuxFact]
    public async Task Discarded_range_reads_as_zeroes_and_gives_its_room_back()
    {
        byte[] content = Pattern(6, Size);
        string path = MakeFile(content);
        await using var disk = RawFile.Open(path, readOnly: false);
        Assert.Equal(BlockCapabilities.Discard | BlockCapabilities.DiscardZeroes, disk.Geometry.Capabilities);
        await disk.FlushAsync();
        long before = RoomOf(path);
        await disk.DiscardAsync(1 << 20, 4 << 20);
        Assert.True(RoomOf(path) <= before - (4 << 20));
        await disk.WriteZeroesAsync(6 << 20, 1 << 20, mayDiscard: true);
        Assert.True(RoomOf(path) <= before - (5 << 20));
        long discarded = RoomOf(path);
        await disk.WriteZeroesAsync(512, 512, mayDiscard: false);
        await disk.WriteZeroesAsync(1 << 20, 1 << 20, mayDiscard: false);
        Assert.True(RoomOf(path) >= discarded);
        content.AsSpan(1 << 20, 4 << 20).Clear();
        content.AsSpan(6 << 20, 1 << 20).Clear();
        content.AsSpan(512, 512).Clear();
        Assert.Equal(content, await disk.ReadBytesAsync(0, Size));
        Assert.Equal(Size, new FileInfo(path).Length);
    }

    [LinuxFact]
    public async Task File_that_was_shortened_is_an_error_of_the_medium()
    {
        string path = MakeFile(new byte[Size]);
        await using var disk = RawFile.Open(path, readOnly: false);
        Assert.Equal(0, Run("truncate", $"--size={Size / 2 + 100}", path).ExitCode);
        using var buffers = new NativeBuffers(4096);
        await FailsAsync(BlockStatus.MediumError, () => disk.ReadAsync(Size / 2, buffers.Buffers));
        await disk.ReadAsync(Size / 2 - 4096, buffers.Buffers);
    }

    [Fact]
    public async Task Closing_ends_what_waits_and_finishes_what_has_begun()
    {
        string path = MakeFile(new byte[Size]);
        byte[] content = Pattern(7, 1 << 20);
        using var source = NativeBuffers.Of(content);
        var disk = RawFile.Open(path, readOnly: false);
        var writes = Enumerable.Range(0, 400).Select(i => disk.WriteAsync((i & 7) << 20, source.Buffers).AsTask()).ToArray();
        await disk.DisposeAsync();
        Assert.All(writes, write => Assert.True(write.IsCompleted));
        int done = writes.Count(write => write.IsCompletedSuccessfully);
        Assert.All(writes.Where(write => write.IsFaulted), write =>
            Assert.Equal(BlockStatus.Closed, Assert.IsType<BlockException>(write.Exception!.InnerException).Status));
        Assert.InRange(done, 0, 399);
        using var page = new NativeBuffers(4096);
        await FailsAsync(BlockStatus.Closed, () => disk.ReadAsync(0, page.Buffers));
        await FailsAsync(BlockStatus.Closed, () => disk.WriteAsync(0, page.Buffers));
        await FailsAsync(BlockStatus.Closed, disk.FlushAsync);
    }

    [Fact]
    public async Task Requests_allocate_nothing()
    {
        await using var disk = RawFile.Open(MakeFile(new byte[Size]), readOnly: false);
        using var page = new NativeBuffers(4096);
        using var sector = new NativeBuffers(512);
        using var done = new ManualResetEventSlim();
        Action end = done.Set;
        for (int i = 0; i < 200; i++) Round();
        // Others of the process allocate, too, now and then: the best of some tries counts.
        long least = long.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int j = 0; j < 1000; j++) Round();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.InRange(least, 0, 20_000);       // no object is smaller than 24 bytes

        void Round()
        {
            Wait(disk.ReadAsync(0, page.Buffers));
            Wait(disk.WriteAsync(4096, page.Buffers));
            Wait(disk.WriteAsync(512, sector.Buffers));
            Wait(disk.DiscardAsync(8192, 4096));
        }

        void Wait(ValueTask request)
        {
            var awaiter = request.ConfigureAwait(false).GetAwaiter();
            if (!awaiter.IsCompleted)
            {
                done.Reset();
                awaiter.UnsafeOnCompleted(end);
                done.Wait();
            }
            awaiter.GetResult();
        }
    }

    private static long RoomOf(string path) =>
        long.Parse(Run("stat", "--format=%b", path).Output, CultureInfo.InvariantCulture) * 512;

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public void Dispose() => _directory.Dispose();
}
