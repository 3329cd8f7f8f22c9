using System.Buffers.Binary;
using System.Text;
using VirtEngine.Disks;
using VirtEngine.Nvme;
using VirtEngine.Tests.Chipset;
using VirtEngine.Tests.Disks;
using static VirtEngine.Tests.Disks.BlockDeviceExtensions;

namespace VirtEngine.Tests.Nvme;

[Collection(AloneCollection.Name)]
public class NvmeControllerTests
{
    private const int DiskSize = 8 << 20;
    private const ulong Data = NvmeDriver.Data;

    [Fact]
    public void Function_says_what_it_is()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        Assert.Equal(0x010802u, driver.Config(8, 4) >> 8);
        Assert.Equal(0x0001_0400u, driver.Read(8));
        ulong capabilities = driver.Bus.ReadMmio(driver.Bar, 8);
        Assert.Equal(1023u, capabilities & 0xFFFF);
        Assert.Equal(1u, capabilities >> 37 & 1);       // the NVM command set
        Assert.Equal(0u, capabilities >> 48);           // pages of 4 KiB alone
        Assert.Equal(0u, driver.Status);
    }

    [Fact]
    public void Guest_finds_its_disks()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize), new MemoryDisk(2 << 20, readOnly: true, blockSize: 4096));
        driver.Start();
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 1 });
        byte[] controller = driver.Peek(Data, 4096);
        Assert.StartsWith("6B8A3F0E51C14F1E9D3E", Encoding.ASCII.GetString(controller, 4, 20), StringComparison.Ordinal);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(controller.AsSpan(516)));
        Assert.Equal("nqn.2014-08.org.nvmexpress:uuid:6b8a3f0e-51c1-4f1e-9d3e-3a5f6f1b2c3d", Encoding.ASCII.GetString(controller, 768, 256).TrimEnd('\0'));

        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 2 });
        Assert.Equal((1u, 2u, 0u), (driver.Read32(Data), driver.Read32(Data + 4), driver.Read32(Data + 8)));
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 2, Namespace = 1 });
        Assert.Equal((2u, 0u), (driver.Read32(Data), driver.Read32(Data + 4)));

        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Namespace = 1 });
        Assert.Equal((DiskSize / 512u, 9), (driver.Read32(Data), driver.Peek(Data + 130, 1)[0]));
        Assert.Equal(0, driver.Peek(Data + 99, 1)[0]);
        byte[] first = driver.Peek(Data + 104, 16);
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Namespace = 2 });
        Assert.Equal((512u, 12), (driver.Read32(Data), driver.Peek(Data + 130, 1)[0]));
        Assert.Equal(1, driver.Peek(Data + 99, 1)[0]);
        byte[] second = driver.Peek(Data + 104, 16);
        Assert.NotEqual(first, second);
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 3, Namespace = 2 });
        Assert.Equal([3, 16, 0, 0, .. second], driver.Peek(Data, 20));

        foreach (uint wrong in (uint[])[0, 3, uint.MaxValue])
            driver.Admin.Fails(NvmeStatus.InvalidNamespace, new NvmeEntry { Opcode = 6, Data1 = Data, Namespace = wrong });
        driver.Admin.Fails(NvmeStatus.InvalidField, new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 0x55 });
        driver.Admin.Fails(NvmeStatus.InvalidNamespace, new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 2, Namespace = 0xFFFF_FFFE });
    }

    [Theory]
    [InlineData(0, 1)]          // within a page
    [InlineData(512, 15)]       // a part of a page and a part of the next
    [InlineData(0, 8)]          // one page
    [InlineData(0, 16)]         // two
    [InlineData(1024, 100)]     // a list
    [InlineData(0, 2048)]       // the largest
    [InlineData(4, 2048)]       // and with one page more
    public void Guest_writes_and_reads_by_pages(int start, int blocks)
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        byte[] content = Pattern(blocks, blocks * 512);
        var entry = Scatter(driver, start, blocks, content);
        queue.Succeeds(entry with { Opcode = 1 });
        Assert.Equal(content, disk.Content.AsSpan(7 * 512, content.Length).ToArray());

        new Random(9).NextBytes(disk.Content);
        queue.Succeeds(entry with { Opcode = 2 });
        Assert.Equal(disk.Content.AsSpan(7 * 512, content.Length).ToArray(), Gather(driver, start, content.Length));
    }

    // Every page lies two pages before the last one, so that none can be merged; lists break off in the middle of a page.
    private static ulong Page(int index) => 0x80_0000 - (ulong)index * 0x2000;

    private static NvmeEntry Scatter(NvmeDriver driver, int start, int blocks, byte[] content)
    {
        int pages = (start + content.Length + 4095) / 4096;
        for (int done = 0, page = 0; done < content.Length; page++)
        {
            int offset = page == 0 ? start : 0, step = Math.Min(4096 - offset, content.Length - done);
            driver.Memory.Write(Page(page) + (ulong)offset, content.AsSpan(done, step));
            done += step;
        }
        ulong second = pages == 2 ? Page(1) : 0;
        if (pages > 2)
        {
            ulong at = second = Data + 4096 - 24;
            for (int page = 1; page < pages; page++)
            {
                if (at % 4096 == 4088 && page != pages - 1)
                {
                    ulong next = (at & ~4095ul) + 0x2000;
                    driver.WriteList(at, next);
                    at = next;
                }
                driver.WriteList(at, Page(page));
                at += 8;
            }
        }
        return NvmeEntry.Transfer(false, 7, blocks, Page(0) + (ulong)start, second);
    }

    private static byte[] Gather(NvmeDriver driver, int start, int length)
    {
        var all = new List<byte>();
        for (int page = 0; all.Count < length; page++)
        {
            int offset = page == 0 ? start : 0;
            all.AddRange(driver.Peek(Page(page) + (ulong)offset, Math.Min(4096 - offset, length - all.Count)));
        }
        return [.. all];
    }

    [Fact]
    public void Guest_writes_and_reads_by_scatter_gather_lists()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        byte[] content = Pattern(11, 8192);
        driver.Memory.Write(0x80_0000, content.AsSpan(0, 100));
        driver.Memory.Write(0x81_0000, content.AsSpan(100, 5000));
        driver.Memory.Write(0x82_0000, content.AsSpan(5100));
        // A segment that leads to the last one; nothing comes from a bit bucket.
        driver.WriteDescriptors(Data, (0x80_0000, 100, 0), (0, 77, 1), (Data + 0x100, 32, 3));
        driver.WriteDescriptors(Data + 0x100, (0x81_0000, 5000, 0), (0x82_0000, 3092, 0));
        var entry = NvmeEntry.Transfer(true, 3, 16, Data, NvmeDriver.Descriptor(48, 2)) with { Flags = 0x40 };
        queue.Succeeds(entry);
        Assert.Equal(content, disk.Content.AsSpan(3 * 512, 8192).ToArray());

        // What goes into a bit bucket is gone, and the rest is at its place.
        driver.WriteDescriptors(Data, (0x90_0000, 512, 0), (0, 7168, 1), (0x91_0000, 512, 0));
        queue.Succeeds(NvmeEntry.Transfer(false, 3, 16, Data, NvmeDriver.Descriptor(48, 3)) with { Flags = 0x40 });
        Assert.Equal(content[..512], driver.Peek(0x90_0000, 512));
        Assert.Equal(content[^512..], driver.Peek(0x91_0000, 512));
        // One block in the command itself.
        queue.Succeeds(NvmeEntry.Transfer(false, 3, 1, 0x92_0001, NvmeDriver.Descriptor(512, 0)) with { Flags = 0x40 });
        Assert.Equal(content[..512], driver.Peek(0x92_0001, 512));
    }

    [Fact]
    public void Wrong_data_pointers_are_refused_and_touch_nothing()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        const ulong end = NvmeDriver.RamSize;
        queue.Fails(NvmeStatus.PrpOffsetInvalid, NvmeEntry.Transfer(true, 0, 1, Data + 1));
        queue.Fails(NvmeStatus.PrpOffsetInvalid, NvmeEntry.Transfer(true, 0, 16, Data, Data + 512));
        queue.Fails(NvmeStatus.PrpOffsetInvalid, NvmeEntry.Transfer(true, 0, 32, Data, Data + 4));
        queue.Fails(NvmeStatus.DataTransferError, NvmeEntry.Transfer(true, 0, 1, end));
        queue.Fails(NvmeStatus.DataTransferError, NvmeEntry.Transfer(true, 0, 16, Data, end));
        queue.Fails(NvmeStatus.DataTransferError, NvmeEntry.Transfer(true, 0, 32, Data, end));
        queue.Fails(NvmeStatus.DataTransferError, NvmeEntry.Transfer(true, 0, 1, ulong.MaxValue - 4095));
        driver.WriteList(Data, 0x80_0000, end);
        queue.Fails(NvmeStatus.DataTransferError, NvmeEntry.Transfer(true, 0, 24, 0x80_0000, Data));
        driver.WriteList(Data, 0x80_0000, 0x80_0200);
        queue.Fails(NvmeStatus.PrpOffsetInvalid, NvmeEntry.Transfer(true, 0, 24, 0x80_0000, Data));

        var sgl = NvmeEntry.Transfer(true, 0, 1, Data) with { Flags = 0x40 };
        foreach (var (descriptor, status) in new[]
        {
            (NvmeDriver.Descriptor(511, 0), NvmeStatus.DataSglLengthInvalid), (NvmeDriver.Descriptor(513, 0), NvmeStatus.DataSglLengthInvalid),
            (NvmeDriver.Descriptor(512, 5), NvmeStatus.SglTypeInvalid), (NvmeDriver.Descriptor(512, 0) | 1ul << 56, NvmeStatus.SglTypeInvalid),
            (NvmeDriver.Descriptor(15, 3), NvmeStatus.InvalidSglSegment), (NvmeDriver.Descriptor(0, 3), NvmeStatus.InvalidSglSegment),
            (NvmeDriver.Descriptor(uint.MaxValue & ~15u, 3), NvmeStatus.InvalidSglCount),
        })
            queue.Fails(status, sgl with { Data2 = descriptor });
        queue.Fails(NvmeStatus.DataTransferError, sgl with { Data1 = end - 511, Data2 = NvmeDriver.Descriptor(512, 0) });
        driver.WriteDescriptors(Data, (Data, 16, 2));        // leads to itself
        queue.Fails(NvmeStatus.InvalidSglCount, sgl with { Data2 = NvmeDriver.Descriptor(16, 2) });
        driver.WriteDescriptors(Data, (0x80_0000, 512, 0));  // leads nowhere
        queue.Fails(NvmeStatus.InvalidSglSegment, sgl with { Data2 = NvmeDriver.Descriptor(16, 2) });
        queue.Fails(NvmeStatus.InvalidField, sgl with { Flags = 0xC0 });
        Assert.Empty(disk.Asked);
    }

    [Fact]
    public void Commands_that_cannot_be_are_refused_as_the_specification_says()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk, new MemoryDisk(DiskSize, readOnly: true));
        driver.Start();
        var queue = driver.AddQueue(1);
        const ulong blocks = DiskSize / 512;
        queue.Fails(NvmeStatus.InvalidOpcode, new NvmeEntry { Opcode = 0x7F, Namespace = 1 });
        queue.Fails(NvmeStatus.InvalidField, NvmeEntry.Transfer(false, 0, 1, Data) with { Flags = 1 });
        queue.Fails(NvmeStatus.InvalidNamespace, NvmeEntry.Transfer(false, 0, 1, Data, space: 3));
        queue.Fails(NvmeStatus.InvalidNamespace, NvmeEntry.Transfer(false, 0, 1, Data, space: 0));
        queue.Fails(NvmeStatus.InvalidField, NvmeEntry.Transfer(false, 0, 2049, Data));
        foreach (ulong first in (ulong[])[blocks, blocks - 1, ulong.MaxValue, ulong.MaxValue - 1])
        {
            queue.Fails(NvmeStatus.LbaOutOfRange, NvmeEntry.Transfer(true, first, 2, Data));
            queue.Fails(NvmeStatus.LbaOutOfRange, NvmeEntry.Transfer(true, first, 2, Data) with { Opcode = 8 });
        }
        queue.Fails(NvmeStatus.WriteProtected, NvmeEntry.Transfer(true, 0, 1, Data, space: 2));
        queue.Fails(NvmeStatus.WriteProtected, NvmeEntry.Transfer(true, 0, 1, Data, space: 2) with { Opcode = 8 });
        queue.Fails(NvmeStatus.WriteProtected, new NvmeEntry { Opcode = 9, Namespace = 2, Data1 = Data, Dword11 = 4 });
        queue.Succeeds(NvmeEntry.Transfer(false, 0, 1, Data, space: 2));
        Assert.Empty(disk.Asked);

        driver.Admin.Fails(NvmeStatus.InvalidOpcode, new NvmeEntry { Opcode = 0x80 });
        var add = new NvmeEntry { Opcode = 5, Data1 = 0x30_0000, Dword10 = 31 << 16 | 2, Dword11 = 3 };
        driver.Admin.Fails(NvmeStatus.InvalidQueueIdentifier, add with { Dword10 = 31 << 16 });
        driver.Admin.Fails(NvmeStatus.InvalidQueueIdentifier, add with { Dword10 = 31 << 16 | 1 });     // is there already
        driver.Admin.Fails(NvmeStatus.InvalidQueueIdentifier, add with { Dword10 = 31 << 16 | 17 });
        driver.Admin.Fails(NvmeStatus.InvalidQueueSize, add with { Dword10 = 2 });
        driver.Admin.Fails(NvmeStatus.InvalidQueueSize, add with { Dword10 = 1024 << 16 | 2 });
        driver.Admin.Fails(NvmeStatus.InvalidField, add with { Dword11 = 2 });                          // not contiguous
        driver.Admin.Fails(NvmeStatus.PrpOffsetInvalid, add with { Data1 = 0x30_0200 });
        driver.Admin.Fails(NvmeStatus.DataTransferError, add with { Data1 = NvmeDriver.RamSize });
        driver.Admin.Fails(NvmeStatus.InvalidInterruptVector, add with { Dword11 = 17 << 16 | 3 });
        driver.Admin.Fails(NvmeStatus.CompletionQueueInvalid, add with { Opcode = 1, Dword11 = 5 << 16 | 1 });
        driver.Admin.Fails(NvmeStatus.InvalidQueueDeletion, new NvmeEntry { Opcode = 4, Dword10 = 1 });
        driver.Admin.Fails(NvmeStatus.InvalidQueueIdentifier, new NvmeEntry { Opcode = 0, Dword10 = 2 });
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 0, Dword10 = 1 });
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 4, Dword10 = 1 });
        driver.AddQueue(1).Succeeds(NvmeEntry.Transfer(false, 0, 1, Data));
    }

    [Fact]
    public void Flush_discard_and_zeroes_reach_the_disk()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        Array.Fill(disk.Content, (byte)0xAA);
        queue.Succeeds(new NvmeEntry { Opcode = 0, Namespace = 1 });
        queue.Succeeds(new NvmeEntry { Opcode = 0, Namespace = uint.MaxValue });
        Assert.Equal([BlockOperation.Flush, BlockOperation.Flush], disk.Asked);
        queue.Succeeds(NvmeEntry.Transfer(true, 10, 5, 0) with { Opcode = 8 });
        driver.WriteList(Data, 3ul << 32, 100, 2ul << 32, 200);
        queue.Succeeds(new NvmeEntry { Opcode = 9, Namespace = 1, Data1 = Data, Dword10 = 1, Dword11 = 4 });
        byte[] expected = new byte[DiskSize];
        Array.Fill(expected, (byte)0xAA);
        expected.AsSpan(10 * 512, 5 * 512).Clear();
        expected.AsSpan(100 * 512, 3 * 512).Clear();
        expected.AsSpan(200 * 512, 2 * 512).Clear();
        Assert.Equal(expected, disk.Content);
        driver.WriteList(Data, 3ul << 32, 100, 2ul << 32, DiskSize / 512 - 1);
        disk.Asked.Clear();
        queue.Fails(NvmeStatus.LbaOutOfRange, new NvmeEntry { Opcode = 9, Namespace = 1, Data1 = Data, Dword10 = 1, Dword11 = 4 });
        Assert.Empty(disk.Asked);

        // A write that must be durable, and then without a write cache at all.
        queue.Succeeds(NvmeEntry.Transfer(true, 0, 1, Data) with { Dword12 = 1u << 30 });
        Assert.Equal([BlockOperation.Write, BlockOperation.Flush], disk.Asked);
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 9, Dword10 = 6, Dword11 = 0 });
        queue.Succeeds(NvmeEntry.Transfer(true, 0, 1, Data));
        Assert.Equal(4, disk.Asked.Count);
    }

    [Theory]
    [InlineData(BlockStatus.MediumError, false, NvmeStatus.UnrecoveredReadError)]
    [InlineData(BlockStatus.MediumError, true, NvmeStatus.WriteFault)]
    [InlineData(BlockStatus.NoSpace, true, NvmeStatus.CapacityExceeded)]
    public void Errors_of_the_disk_are_told_and_logged(object failure, bool write, object status)
    {
        var disk = new MemoryDisk(DiskSize) { Failure = (BlockStatus)failure };
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        queue.Fails((NvmeStatus)status, NvmeEntry.Transfer(write, 5, 1, Data));
        disk.Failure = null;
        queue.Succeeds(NvmeEntry.Transfer(write, 5, 1, Data));
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 15 << 16 | 1 });
        Assert.Equal((1u, 1u, 5u, 1u), (driver.Read32(Data), driver.Read32(Data + 8) & 0xFFFF, driver.Read32(Data + 16), driver.Read32(Data + 24)));
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 127 << 16 | 2 });
        Assert.Equal(1u, driver.Read32(Data + (write ? 80ul : 64)));
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 1 << 16 | 3 });
        driver.Admin.Fails(NvmeStatus.InvalidLogPage, new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 0x70 });
        driver.Admin.Fails(NvmeStatus.InvalidField, new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 2, Dword12 = 516 });
    }

    [Fact]
    public void Queue_is_full_of_completions_and_goes_on_when_they_are_taken()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        driver.Start();
        var queue = driver.AddQueue(1, size: 4);
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 3; i++) queue.Put(NvmeEntry.Transfer(false, 0, 1, Data));
            queue.Ring();
            if (round % 2 == 0)
            {
                // Three completions lie there, and three more commands wait for them.
                for (int i = 0; i < 3; i++) Assert.Equal(NvmeStatus.Success, queue.Take(tell: false).Status);
                for (int i = 0; i < 3; i++) queue.Put(NvmeEntry.Transfer(false, 0, 1, Data));
                queue.Ring();
                Assert.Null(queue.TryTake());
                queue.Tell();
            }
            for (int i = 0; i < 3; i++) Assert.Equal(NvmeStatus.Success, queue.Take().Status);
            Assert.Null(queue.TryTake());
        }
    }

    [Fact]
    public void Doorbell_returns_though_the_disk_does_not_answer_and_reset_waits_for_it()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        disk.Hold();
        for (int i = 0; i < 10; i++) queue.Submit(NvmeEntry.Transfer(true, (ulong)i, 1, Data));
        NvmeDriver.WaitFor(() => disk.Asked.Count == 10, () => "not asked");
        Assert.Null(queue.TryTake());
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data + 0x1000, Dword10 = 1 });         // others are served
        Assert.Equal(1u, driver.Admin.Do(new NvmeEntry { Opcode = 8, Dword10 = 1 << 16 | 1 }).Result);   // what a disk does is not aborted
        driver.Write(0x14, 0x0046_0000);
        Thread.Sleep(50);
        Assert.Equal(1u, driver.Status & 1);        // guest memory is still being read
        disk.Release();
        driver.WaitForStatus(status => status == 0);
        Assert.Null(queue.TryTake());
        driver.Start();
        driver.AddQueue(1).Succeeds(NvmeEntry.Transfer(false, 0, 1, Data));
    }

    [Fact]
    public void Shutdown_flushes_the_disks()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        driver.Write(0x14, 0x0046_4001);
        driver.WaitForStatus(status => (status & 0xC) == 8);
        Assert.Equal([BlockOperation.Flush], disk.Asked);
        driver.Start();
        Assert.Equal(1u, driver.Status);
    }

    [Theory]
    [InlineData(0x0046_0011u, 0x1F_001Fu, 0x1_0000ul)]      // an unknown command set
    [InlineData(0x0046_0081u, 0x1F_001Fu, 0x1_0000ul)]      // pages of 8 KiB
    [InlineData(0x0046_0001u, 0x1F_0000u, 0x1_0000ul)]      // a queue of one entry
    [InlineData(0x0046_0001u, 0x1F_001Fu, NvmeDriver.RamSize)]
    public void Controller_that_cannot_be_enabled_says_so_until_it_is_reset(uint configuration, uint attributes, ulong queue)
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        driver.Write(0x24, attributes);
        driver.Write64(0x28, queue);
        driver.Write64(0x30, 0x1_1000);
        driver.Write(0x14, configuration);
        driver.WaitForStatus(status => status == 2);
        driver.Start();
        driver.AddQueue(1).Succeeds(NvmeEntry.Transfer(false, 0, 1, Data));
    }

    [Fact]
    public void Interrupts_come_by_vector_or_by_line()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        driver.Start();
        var queue = driver.AddQueue(3, vector: 7);
        driver.Msi.Take();
        queue.Do(NvmeEntry.Transfer(false, 0, 1, Data));
        NvmeDriver.WaitFor(() => !driver.Msi.Messages.IsEmpty, () => "no message");
        Assert.Equal([(0xFEE0_0000ul, 0x47u)], driver.Msi.Take());

        driver.Stop();
        driver.SetConfig(driver.MsiXCapability + 2, 2, 0);
        driver.Start(msiX: false);
        queue = driver.AddQueue(1, vector: 0);
        queue.Submit(NvmeEntry.Transfer(false, 0, 1, Data));
        NvmeDriver.WaitFor(() => driver.Line.Level, () => "no interrupt");
        driver.Write(0x0C, 1);
        Assert.False(driver.Line.Level);
        driver.Write(0x10, 1);
        Assert.True(driver.Line.Level);
        queue.Take();
        Assert.False(driver.Line.Level);
    }

    [Fact]
    public void Wrong_doorbells_are_told_as_events()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        driver.Start();
        for (int i = 0; i < 4; i++) driver.Admin.Submit(new NvmeEntry { Opcode = 12 });
        Assert.Equal(NvmeStatus.AsyncEventLimitExceeded, driver.Admin.Do(new NvmeEntry { Opcode = 12 }).Status);
        driver.Write(0x1000 + 8 * 5, 1);
        var told = driver.Admin.Take();
        Assert.Equal((NvmeStatus.Success, 0x1_0000u), (told.Status, told.Result));
        driver.Write(0x1000, 4000);
        Assert.Null(driver.Admin.TryTake());       // not before the log was read
        driver.Admin.Submit(new NvmeEntry { Opcode = 2, Data1 = Data, Dword10 = 15 << 16 | 1 });
        var both = new[] { driver.Admin.Take(), driver.Admin.Take() };
        Assert.Contains(both, completion => completion.Result == 0x1_0100);
        Assert.Equal(0u, Abort(driver, 2).Result);
        Assert.Equal(1u, Abort(driver, 2).Result);
    }

    // Both the command that is aborted and the one that does it complete.
    private static NvmeCompletion Abort(NvmeDriver driver, ushort command)
    {
        ushort number = driver.Admin.Submit(new NvmeEntry { Opcode = 8, Dword10 = (uint)command << 16 });
        var first = driver.Admin.Take();
        if (first.Command == number) return first;
        Assert.Equal((NvmeStatus.AbortRequested, command), (first.Status, first.Command));
        return driver.Admin.Take();
    }

    [Fact]
    public void Features_are_kept_until_a_reset()
    {
        using var driver = new NvmeDriver(new MemoryDisk(DiskSize));
        driver.Start();
        Assert.Equal(0x000F_000Fu, driver.Admin.Do(new NvmeEntry { Opcode = 9, Dword10 = 7, Dword11 = 0x0003_0003 }).Result);
        Assert.Equal(1u, driver.Admin.Do(new NvmeEntry { Opcode = 10, Dword10 = 6 }).Result);
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 9, Dword10 = 11, Dword11 = 0xFFFF_FFFF });
        Assert.Equal(0xFFu, driver.Admin.Do(new NvmeEntry { Opcode = 10, Dword10 = 11 }).Result);
        Assert.Equal(0u, driver.Admin.Do(new NvmeEntry { Opcode = 10, Dword10 = 1 << 8 | 11 }).Result);
        driver.Admin.Fails(NvmeStatus.InvalidField, new NvmeEntry { Opcode = 10, Dword10 = 0xD0 });
        driver.Admin.Fails(NvmeStatus.InvalidField, new NvmeEntry { Opcode = 9, Dword10 = 7, Dword11 = 0xFFFF });
        driver.Admin.Fails(NvmeStatus.FeatureNotSaveable, new NvmeEntry { Opcode = 9, Dword10 = 1u << 31 | 11 });
        driver.Start();
        Assert.Equal(0u, driver.Admin.Do(new NvmeEntry { Opcode = 10, Dword10 = 11 }).Result);
    }

    [Fact]
    public async Task State_moves_to_another_controller_in_the_midst_of_work()
    {
        var disk = new MemoryDisk(DiskSize);
        using var driver = new NvmeDriver(disk);
        driver.Start();
        var queue = driver.AddQueue(1);
        driver.Admin.Submit(new NvmeEntry { Opcode = 12 });
        driver.Admin.Succeeds(new NvmeEntry { Opcode = 6, Data1 = Data, Dword10 = 1 });        // what was before it was taken
        for (int i = 0; i < 40; i++) queue.Succeeds(NvmeEntry.Transfer(true, (ulong)i, 1, Data));
        disk.Hold();
        queue.Submit(NvmeEntry.Transfer(true, 100, 1, Data));
        Assert.True(SpinWait.SpinUntil(() => disk.Asked.Count == 41, TimeSpan.FromMinutes(1)), "The disk was not asked for the last write.");
        var saving = Task.Run(() => StateRoundTrip.Save(driver.Controller));
        disk.Release();
        byte[] state = await saving;
        var taken = queue.Take(tell: false);         // what was begun was finished before the state was given out
        Assert.Equal(NvmeStatus.Success, taken.Status);

        StateRoundTrip.Load(driver.Controller, state);
        queue.Tell();
        for (int i = 0; i < 40; i++) queue.Succeeds(NvmeEntry.Transfer(false, (ulong)i, 1, Data));
        driver.Write(0x1000 + 8 * 9, 1);
        Assert.Equal(0x1_0000u, driver.Admin.Take().Result);

        // What a controller cannot be in is refused.
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            byte[] broken = [.. state];
            for (int j = random.Next(1, 4); j > 0; j--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            using var reader = new BinaryReader(new MemoryStream(broken, 0, random.Next(10) == 0 ? random.Next(broken.Length) : broken.Length));
            try
            {
                driver.Controller.LoadState(reader, 1);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
            }
        }
        driver.Restore();
        driver.Start();
        driver.AddQueue(1).Succeeds(NvmeEntry.Transfer(false, 0, 1, Data));
    }

    [Fact]
    public async Task Commands_allocate_nothing()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[DiskSize]);
            var disk = RawFile.Open(path, readOnly: false);
            using (var driver = new NvmeDriver(disk))
            {
                driver.Start(msiX: false);
                var queue = driver.AddQueue(1, size: 64);
                ulong completions = 0x5_0000;
                Run(1000);
                // Others of the process allocate, too, now and then: the best of some tries counts.
                long least = long.MaxValue;
                for (int i = 0; i < 4; i++)
                {
                    long before = GC.GetTotalAllocatedBytes(precise: true);
                    Run(2000);
                    least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
                }
                Assert.InRange(least, 0, 20_000);       // no object is smaller than 24 bytes

                void Run(int count)
                {
                    // The driver of the tests allocates: here all is done by hand.
                    Span<byte> entry = stackalloc byte[64], word = stackalloc byte[4];
                    for (int i = 0; i < count; i++)
                    {
                        int at = _done % 64;
                        (i % 1000 == 0 ? new NvmeEntry { Opcode = 0, Namespace = 1 } : NvmeEntry.Transfer(i % 2 == 1, (ulong)(i % 999) * 8, 8, Data)).WriteTo(entry, (ushort)at);
                        driver.Memory.Write(queue.Submissions + (ulong)(64 * at), entry);
                        uint phase = _done / 64 % 2 == 0 ? 1u : 0;
                        _done++;
                        driver.Write(0x1008, (uint)(_done % 64));
                        uint last;
                        do
                        {
                            Thread.Yield();
                            driver.Memory.TryRead(completions + (ulong)(16 * at) + 12, word);
                            last = BinaryPrimitives.ReadUInt32LittleEndian(word);
                        }
                        while ((last >> 16 & 1) != phase);
                        if (last >> 17 != 0) throw new InvalidOperationException($"{last >> 17:x}");
                        driver.Write(0x100C, (uint)(_done % 64));
                    }
                }
            }
            await disk.DisposeAsync();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private int _done;
}
