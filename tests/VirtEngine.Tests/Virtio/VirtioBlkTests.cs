using System.Buffers.Binary;
using System.Text;
using VirtEngine.Disks;
using VirtEngine.Tests.Chipset;
using VirtEngine.Tests.Disks;
using VirtEngine.Virtio;
using static VirtEngine.Tests.Disks.BlockDeviceExtensions;

namespace VirtEngine.Tests.Virtio;

[Collection(AloneCollection.Name)]
public class VirtioBlkTests
{
    private const int DiskSize = 1 << 20;
    private const ulong AllFeatures = 1ul << 32 | 1ul << 28 | 1ul << 14 | 1ul << 13 | 1ul << 10 | 1ul << 9 | 1ul << 6 | 1ul << 2;
    private const ulong Header = 0x20_0000, Data = 0x21_0000, Status = 0x22_0000;

    private static VirtioDriver Make(MemoryDisk disk, int queues = 1) => new(memory => new VirtioBlk(memory, disk, "root", queues));

    /// <summary>Puts a request into a queue: header, data to read, data to write, status.</summary>
    private static void Offer(VirtioDriver driver, uint type, ulong sector, int length, bool toGuest, int queue = 0)
    {
        Span<byte> header = stackalloc byte[16];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], sector);
        driver.Memory.Write(Header, header);
        driver.Memory.Write(Status, [0xFF]);
        var ring = driver.Queue(queue);
        ring.SetDescriptor(0, Header, 16, 1, 1);
        ushort at = 1;
        if (length > 0)
        {
            // In two pieces, so that none is the whole.
            ushort writable = toGuest ? (ushort)2 : (ushort)0;
            ring.SetDescriptor(1, Data, 100, (ushort)(1 | writable), 2);
            ring.SetDescriptor(2, Data + 100, (uint)length - 100, (ushort)(1 | writable), 3);
            at = 3;
        }
        ring.SetDescriptor(at, Status, 1, 2);
        if (length == 0) ring.SetDescriptor(0, Header, 16, 1, at);
        ring.Offer(0);
    }

    private static byte Do(VirtioDriver driver, uint type, ulong sector = 0, int length = 0, bool toGuest = false)
    {
        Offer(driver, type, sector, length, toGuest);
        return StatusOf(driver);
    }

    private static byte StatusOf(VirtioDriver driver)
    {
        Span<byte> status = stackalloc byte[1];
        Assert.True(driver.Memory.TryRead(Status, status));
        return status[0];
    }

    private static byte[] Peek(VirtioDriver driver, int length)
    {
        byte[] content = new byte[length];
        Assert.True(driver.Memory.TryRead(Data, content));
        return content;
    }

    [Fact]
    public void Guest_finds_the_disk()
    {
        using var driver = Make(new MemoryDisk(DiskSize, blockSize: 4096), queues: 2);
        Assert.Equal(AllFeatures | 1ul << 12, driver.OfferedFeatures());
        Assert.Equal((DiskSize / 512ul, 254ul, 4096ul, 2ul), (driver.Device(0, 8), driver.Device(12, 4), driver.Device(20, 4), driver.Device(34, 2)));
        using var sealedDriver = Make(new MemoryDisk(DiskSize, readOnly: true));
        Assert.Equal(1ul << 5, sealedDriver.OfferedFeatures() & (1ul << 5 | 1ul << 13 | 1ul << 14));
    }

    [Fact]
    public void Guest_writes_reads_flushes_discards_and_zeroes()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = Make(disk);
        driver.Start(AllFeatures);
        byte[] content = Pattern(1, 4096);
        driver.Memory.Write(Data, content);
        Assert.Equal(0, Do(driver, 1, 8, 4096));
        Assert.Equal(content, disk.Content.AsSpan(4096, 4096).ToArray());
        Assert.Equal([BlockOperation.Write], disk.Asked);
        driver.Memory.Write(Data, new byte[4096]);
        Assert.Equal(0, Do(driver, 0, 9, 2048, toGuest: true));
        Assert.Equal(content[512..2560], Peek(driver, 2048));
        Assert.Equal(0, Do(driver, 4));
        Assert.Equal(0, Do(driver, 8, length: 200, toGuest: true));
        Assert.Equal("root", Encoding.ASCII.GetString(Peek(driver, 20)).TrimEnd('\0'));

        byte[] ranges = new byte[112];
        for (int i = 0; i < 7; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(ranges.AsSpan(16 * i), 8 + (ulong)i);
            BinaryPrimitives.WriteUInt32LittleEndian(ranges.AsSpan(16 * i + 8), 1);
        }
        driver.Memory.Write(Data, ranges);
        Assert.Equal(0, Do(driver, 11, 0, ranges.Length));
        content.AsSpan(0, 7 * 512).Clear();
        Assert.Equal(content, disk.Content.AsSpan(4096, 4096).ToArray());
        BinaryPrimitives.WriteUInt64LittleEndian(ranges, 15);
        ranges[12] = 1;
        driver.Memory.Write(Data, ranges);
        Assert.Equal(0, Do(driver, 13, 0, ranges.Length));
        Assert.Equal(new byte[4096], disk.Content.AsSpan(4096, 4096).ToArray());
        Assert.Equal(14, disk.Asked.Count(operation => operation is BlockOperation.Discard or BlockOperation.WriteZeroes));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        var disk = new MemoryDisk(DiskSize, readOnly: true);
        using var driver = Make(disk);
        driver.Start(1ul << 32 | 1ul << 28 | 1ul << 9);
        Assert.Equal(2, Do(driver, 77));
        Assert.Equal(2, Do(driver, 11, 0, 112));
        using var good = Make(new MemoryDisk(DiskSize));
        good.Start(AllFeatures);
        Assert.Equal(1, Do(good, 0));
        Assert.Equal(1, Do(good, 11, 0, 200));
        good.Memory.Write(Data, [.. new byte[8], 0, 0, 0, 0x80]);
        Assert.Equal(1, Do(good, 11, 0, 112));
        good.Memory.Write(Data, [.. new byte[8], 1, 0, 0, 0, 1]);
        Assert.Equal(2, Do(good, 11, 0, 112));       // a discard has no flags
        Assert.Null(good.Function.Device.Reason);
    }

    [Fact]
    public void Write_without_flushes_is_durable_when_it_is_done()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = Make(disk);
        driver.Start(1ul << 32 | 1ul << 28);
        Assert.Equal(0, Do(driver, 1, 0, 512));
        Assert.Equal([BlockOperation.Write, BlockOperation.Flush], disk.Asked);
    }

    [Fact]
    public void Errors_of_the_disk_are_told()
    {
        var disk = new MemoryDisk(DiskSize) { Failure = BlockStatus.MediumError };
        using var driver = Make(disk);
        driver.Start(AllFeatures);
        Assert.Equal(1, Do(driver, 0, 0, 512, toGuest: true));
        disk.Failure = null;
        Assert.Equal(0, Do(driver, 0, 0, 512, toGuest: true));
    }

    [Fact]
    public async Task Notification_returns_though_the_disk_does_not_answer_and_reset_waits_for_it()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = Make(disk);
        driver.Start(AllFeatures);
        disk.Hold();
        driver.Memory.Write(Data, Pattern(2, 512));
        Offer(driver, 1, 0, 512, false);
        // The same buffers again and again: only so many are taken.
        for (int i = 0; i < 400; i++) driver.Queue(0).Offer(0);
        Assert.InRange(disk.Asked.Count, 1, VirtioBlk.MaximumRequests);
        Assert.Equal(0xFF, StatusOf(driver));
        var reset = Task.Run(() => driver.Status = 0);
        Assert.NotSame(reset, await Task.WhenAny(reset, Task.Delay(50)));
        disk.Release();
        await reset.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(Pattern(2, 512), disk.Content[..512]);
        driver.Start(AllFeatures);
        Assert.Equal(0, Do(driver, 0, 0, 512, toGuest: true));
    }

    [Fact]
    public async Task State_moves_when_nothing_is_under_way()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = Make(disk);
        driver.Start(AllFeatures);
        disk.Hold();
        Offer(driver, 1, 0, 512, false);
        var saved = Task.Run(() => StateRoundTrip.Save(driver.Function));
        Assert.NotSame(saved, await Task.WhenAny(saved, Task.Delay(50)));
        disk.Release();
        byte[] state = await saved.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, StatusOf(driver));
        Assert.NotNull(driver.Queue(0).TakeUsed());
        StateRoundTrip.Load(driver.Function, state);
        Assert.Equal(0, Do(driver, 0, 0, 512, toGuest: true));
    }
}
