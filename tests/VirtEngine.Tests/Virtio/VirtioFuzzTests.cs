using VirtEngine.Channels;
using VirtEngine.Disks;
using VirtEngine.Tests.Disks;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

/// <summary>
/// A driver gone mad: random rings, descriptors, registers, configuration space. Nothing escapes, nothing is kept, and nothing outside the
/// guest's RAM is touched: it lies between pages that end the process.
/// </summary>
[Collection(AloneCollection.Name)]
public class VirtioFuzzTests
{
    private const string Console = "console", Rng = "rng", Blk = "blk";

    [Theory]
    [InlineData(21, Console)]
    [InlineData(22, Console)]
    [InlineData(23, Rng)]
    [InlineData(24, Rng)]
    [InlineData(25, Blk)]
    [InlineData(26, Blk)]
    public void Random_driver_does_no_harm(int seed, string device)
    {
        var disk = new MemoryDisk(1 << 20);
        using var channel = new GuestChannel(4096, 4096, open: false);
        using var driver = new VirtioDriver(memory => device switch
        {
            Console => new VirtioConsole(memory, new VirtioConsolePort(1, "port", channel)),
            Rng => new VirtioRng(memory),
            _ => new VirtioBlk(memory, disk, "disk", 2),
        });
        var random = new Random(seed);
        int failures = 0, used = 0;
        byte[] sink = new byte[8192];
        var reached = new HashSet<int>();
        var asked = new HashSet<BlockOperation>();
        long kept = 0;
        for (int round = 0; round < 300; round++)
        {
            driver.Start(1ul << 32 | 1ul << 28 | Features(device), random.Next(2) == 0);
            int queues = (int)driver.Common(0x12, 2);
            int steps = random.Next(1, 60);
            for (int step = 0; step < steps; step++)
            {
                var queue = driver.Queue(random.Next(queues));
                switch (random.Next(16))
                {
                    case < 4:
                        queue.SetDescriptor(random.Next(16), Address(random), Length(random), (ushort)random.Next(random.Next(4) == 0 ? 8 : 4), (ushort)random.Next(17));
                        break;
                    case < 9 when device == Blk && random.Next(3) > 0:
                        OfferBlockRequest(driver, queue, random);
                        break;
                    case < 9:
                        queue.Offer((ushort)random.Next(random.Next(20) == 0 ? 65536 : 16));
                        break;
                    case 9:
                        driver.Bus.WriteMmio(driver.Bar + (ulong)random.Next(0x8000), 1 << random.Next(4), (ulong)random.NextInt64());
                        break;
                    case 10:
                        driver.Bus.ReadMmio(driver.Bar + (ulong)random.Next(0x8000), 1 << random.Next(4));
                        break;
                    case 11:        // a register of the common configuration or the MSI-X table, as a driver would write it
                        int field = random.Next(Fields.Length);
                        reached.Add(field);
                        driver.Bus.WriteMmio(driver.Bar + (ulong)Fields[field].At, Fields[field].Size, Value(random));
                        break;
                    case 12:
                        driver.SetConfig(random.Next(256), 1 << random.Next(3), Value(random));
                        break;
                    case 13:
                        driver.Config(random.Next(256), 1 << random.Next(3));
                        break;
                    case 14:        // the window of configuration space onto the BAR
                        driver.SetConfig(driver.WindowCapability + 8, 4, (ulong)random.Next(0x8010));
                        driver.SetConfig(driver.WindowCapability + 12, 4, (ulong)random.Next(9));
                        driver.SetConfig(driver.WindowCapability + 16, 4, Value(random));
                        driver.Config(driver.WindowCapability + 16, 4);
                        break;
                    default:
                        driver.Memory.Write((ulong)random.Next((int)VirtioDriver.RamSize - 64), BitConverter.GetBytes(random.NextInt64()));
                        if (channel.IsGuestOpen) _ = channel.WriteAsync(sink.AsMemory(0, random.Next(64)), default).AsTask();
                        while (channel.RoomForHost < 4096) Assert.True(channel.ReadAsync(sink, default).AsTask().IsCompleted);
                        break;
                }
            }
            if (driver.Function.Device.Reason is not null) failures++;
            if (driver.Read16(driver.Queue(0).Used + 2) != 0) used++;
            Assert.True(driver.Msi.Take().All(m => m.Address >> 20 == 0xFEE));
            driver.Memory.Write(0x1_0000, new byte[0x4_0000]);
            driver.Restore();
            asked.UnionWith(disk.Asked);
            disk.Asked.Clear();
            if (round == 100) kept = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - kept, long.MinValue, 4 << 20);
        Assert.Equal(Fields.Length, reached.Count);
        // It must have gone both ways, or the test exercises nothing.
        Assert.InRange(failures, 1, 299);
        if (device != Console) Assert.InRange(used, 1, 300);
        if (device == Blk) Assert.Equal(Enum.GetValues<BlockOperation>().Length, asked.Count);
    }

    private static ulong Features(string device) => device switch
    {
        Console => 2,
        Blk => 1ul << 9 | 1ul << 13 | 1ul << 14,
        _ => 0,
    };

    /// <summary>A request of the right shape: what stands in it is anything.</summary>
    private static void OfferBlockRequest(VirtioDriver driver, VirtioDriverQueue queue, Random random)
    {
        uint[] types = [0, 1, 4, 8, 11, 13, (uint)random.NextInt64(1L << 32)];
        uint type = types[random.Next(types.Length)];
        ulong sector = random.Next(10) == 0 ? Value(random) : (ulong)random.Next(2100);
        driver.Memory.Write(queue.Buffers, [.. BitConverter.GetBytes((ulong)type), .. BitConverter.GetBytes(sector)]);
        // Ranges to discard, if they are looked at as such.
        driver.Memory.Write(queue.Buffers + 1024, [.. BitConverter.GetBytes((ulong)random.Next(2100)), .. BitConverter.GetBytes((uint)random.Next(40)),
            .. BitConverter.GetBytes(random.Next(4) == 0 ? Length(random) : (uint)random.Next(2))]);
        uint length = type is 11 or 13 && random.Next(4) > 0 ? 16u : random.Next(3) == 0 ? Length(random) : 512u * (uint)random.Next(9);
        ulong data = random.Next(4) == 0 ? Address(random) : queue.Buffers + 1024;
        queue.SetDescriptor(0, queue.Buffers, random.Next(20) == 0 ? Length(random) : 16, 1, 1);
        queue.SetDescriptor(1, data, length, (ushort)(type is 0 or 8 ? 3 : 1), 2);
        queue.SetDescriptor(2, queue.Buffers + 512, (uint)random.Next(random.Next(10) == 0 ? 3 : 1, 4), 2);
        queue.Offer(0);
    }

    /// <summary>Every field that a driver can write (virtio 1.2, 4.1.4.3; PCI 3.0, 6.8.2) by its place in the BAR.</summary>
    private static readonly (int At, int Size)[] Fields =
    [
        (0x00, 4), (0x04, 4), (0x08, 4), (0x0C, 4), (0x10, 2), (0x12, 2), (0x14, 1), (0x15, 1), (0x16, 2), (0x18, 2), (0x1A, 2), (0x1C, 2), (0x1E, 2),
        (0x20, 4), (0x24, 4), (0x20, 8), (0x28, 4), (0x2C, 4), (0x28, 8), (0x30, 4), (0x34, 4), (0x30, 8), (0x1000, 1), (0x2000, 4), (0x3000, 2), (0x3008, 2),
        (0x4000, 4), (0x4004, 4), (0x4008, 4), (0x400C, 4), (0x4800, 8),
    ];

    private static ulong Value(Random random) => random.Next(5) switch
    {
        0 => ulong.MaxValue,
        1 => (ulong)random.Next(20),
        2 => Address(random),
        3 => 1ul << random.Next(64),
        _ => (ulong)random.NextInt64(),
    };

    private static ulong Address(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.NextInt64(),
        1 => VirtioDriver.RamSize - (ulong)random.Next(64),
        2 => ulong.MaxValue - (ulong)random.Next(64),
        4 => 0 + (ulong)random.Next(64),
        3 => 0x1_0000 + (ulong)random.Next(0x4_0000),       // onto the rings themselves
        _ => (ulong)random.Next((int)VirtioDriver.RamSize),
    };

    private static uint Length(Random random) => random.Next(6) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => 0,
        2 => (uint)random.Next(5) * 16,
        _ => (uint)random.Next(2000),
    };
}
