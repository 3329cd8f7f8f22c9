using VirtEngine.Nvme;
using VirtEngine.Tests.Disks;

namespace VirtEngine.Tests.Nvme;

/// <summary>
/// A driver gone mad: random registers, doorbells, commands, lists, configuration space. Nothing escapes, nothing is kept, the controller always
/// comes back by a reset, and nothing outside the guest's RAM is touched (it lies between pages that end the process) nor outside the disk
/// (it looks at every request).
/// </summary>
[Collection(AloneCollection.Name)]
public class NvmeFuzzTests
{
    private const int DiskSize = 4 << 20;

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void Random_driver_does_no_harm(int seed)
    {
        var random = new Random(seed);
        var disks = new[] { new MemoryDisk(DiskSize), new MemoryDisk(DiskSize, readOnly: true, blockSize: 4096) };
        using var driver = new NvmeDriver(disks);
        var statuses = new HashSet<NvmeStatus>();
        var reached = new HashSet<int>();
        int fatal = 0, asked = 0;
        long kept = 0;
        for (int round = 0; round < 200; round++)
        {
            driver.Start(random.Next(2) == 0);
            var queues = new List<NvmeDriverQueue> { driver.Admin };
            for (int id = random.Next(1, 4); id > 0; id--) queues.Add(driver.AddQueue(id, random.Next(2, 64), random.Next(17)));
            for (int step = random.Next(1, 150); step > 0; step--)
            {
                var queue = queues[random.Next(queues.Count)];
                switch (random.Next(20))
                {
                    case < 10:
                        queue.Put(Command(random, queue.Id == 0));
                        if (random.Next(3) > 0) queue.Ring();
                        break;
                    case < 13:
                        Take(queue);
                        break;
                    case 13:        // doorbells, most of them of queues that are there
                        driver.Write(0x1000 + 4 * random.Next(random.Next(3) == 0 ? 1024 : 8), random.Next(3) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(64));
                        break;
                    case 14:
                        int register = random.Next(Registers.Length);
                        reached.Add(register);
                        if (Registers[register].At == 0x14)
                        {
                            // Enabled controllers are the ones that can do harm: it comes back at once, or not at all.
                            if (random.Next(2) > 0) break;
                            driver.Write(0x14, 0x0046_0000);
                            driver.Write(0x14, random.Next(2) == 0 ? 0x0046_0001 : (uint)Value(random));
                            break;
                        }
                        driver.Bus.WriteMmio(driver.Bar + (ulong)Registers[register].At, Registers[register].Size, Value(random));
                        break;
                    case 15:
                        driver.Bus.WriteMmio(driver.Bar + (ulong)random.Next(0x18, 0x4000), 1 << random.Next(4), Value(random));
                        break;
                    case 16:
                        driver.Bus.ReadMmio(driver.Bar + (ulong)random.Next(0x4000), 1 << random.Next(4));
                        break;
                    case 17:
                        driver.SetConfig(random.Next(256), 1 << random.Next(3), Value(random));
                        driver.Config(random.Next(256), 1 << random.Next(3));
                        if (random.Next(10) > 0) driver.Restore();
                        break;
                    case 18:        // what lists are made of, where commands look for them
                        driver.WriteList(Address(random) % (NvmeDriver.RamSize - 64) & ~7ul, Address(random), NvmeDriver.Descriptor(Length(random), random.Next(6)));
                        break;
                    default:
                        driver.Memory.Write((ulong)random.Next((int)NvmeDriver.RamSize - 64), BitConverter.GetBytes(random.NextInt64()));
                        break;
                }
            }
            driver.Restore();
            // What was given to it is done, if it still can be.
            for (int i = 0; i < 30; i++)
            {
                foreach (var queue in queues) Take(queue);
                Thread.Sleep(0);
            }
            if ((driver.Status & 2) != 0) fatal++;
            driver.Stop();
            Assert.True(driver.Msi.Take().All(message => message.Address >> 20 == 0xFEE));
            foreach (var disk in disks)
            {
                asked += disk.Asked.Count;
                disk.Asked.Clear();
            }
            if (round == 100) kept = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - kept, long.MinValue, 4 << 20);
        Assert.Equal(Registers.Length, reached.Count);
        Assert.All(disks[1].Content, part => Assert.Equal(0, part));
        // It must have got everywhere, or the test exercises nothing.
        Assert.InRange(asked, 200, int.MaxValue);
        Assert.InRange(fatal, 1, 199);
        Assert.True(statuses.Count >= 14, $"Only {string.Join(", ", statuses)}.");
        Assert.Contains(NvmeStatus.Success, statuses);

        void Take(NvmeDriverQueue queue)
        {
            while (queue.TryTake() is { } completion) statuses.Add(completion.Status);
        }
    }

    /// <summary>Every register that a driver can write, by its place in the BAR.</summary>
    private static readonly (int At, int Size)[] Registers =
    [
        (0x00, 8), (0x08, 4), (0x0C, 4), (0x10, 4), (0x14, 4), (0x14, 8), (0x1C, 4), (0x20, 4), (0x24, 4), (0x28, 4), (0x2C, 4), (0x28, 8), (0x30, 4), (0x34, 4),
        (0x30, 8), (0x38, 4), (0x1000, 4), (0x1004, 4), (0x1008, 4), (0x100C, 4), (0x1008, 8), (0x1084, 4), (0x1FFC, 4), (0x2000, 4), (0x2004, 4), (0x2008, 4),
        (0x200C, 4), (0x2800, 8), (0x3000, 4), (0x3FFC, 4),
    ];

    private static NvmeEntry Command(Random random, bool admin)
    {
        byte[] known = admin ? [0, 1, 2, 4, 5, 6, 8, 9, 10, 12] : [0, 1, 2, 8, 9];
        return new NvmeEntry
        {
            Opcode = random.Next(12) == 0 ? (byte)random.Next(256) : known[random.Next(known.Length)],
            Flags = random.Next(3) switch { 0 => 0x40, 1 when random.Next(4) == 0 => (byte)random.Next(256), _ => 0 },
            Namespace = random.Next(8) == 0 ? (uint)Value(random) : (uint)random.Next(1, 3),
            Data1 = Address(random),
            Data2 = random.Next(2) == 0 ? Address(random) : NvmeDriver.Descriptor(Length(random), random.Next(5)),
            Dword10 = Word(random),
            Dword11 = random.Next(2) == 0 ? 0 : Word(random),
            Dword12 = random.Next(6) == 0 ? Word(random) : (uint)random.Next(random.Next(3) == 0 ? 3000 : 20) | (uint)random.Next(4) << 30,
            Dword13 = random.Next(6) == 0 ? Word(random) : 0,
        };
    }

    private static uint Word(Random random) => random.Next(5) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => (uint)random.Next(64) << 16 | (uint)random.Next(18),        // a queue's size and number
        2 => (uint)random.Next(18) << 16 | (uint)random.Next(4),         // another queue's number and flags
        _ => (uint)random.Next(DiskSize / 512 + 4),
    };

    private static uint Length(Random random) => random.Next(5) switch
    {
        0 => (uint)random.NextInt64(1L << 32),
        1 => (uint)random.Next(9) * 16,
        2 => 512,
        _ => (uint)random.Next(20) * 512,
    };

    private static ulong Value(Random random) => random.Next(5) switch
    {
        0 => ulong.MaxValue,
        1 => (ulong)random.Next(64),
        2 => Address(random),
        3 => 1ul << random.Next(64),
        _ => (ulong)random.NextInt64(),
    };

    private static ulong Address(Random random) => random.Next(10) switch
    {
        0 => (ulong)random.NextInt64(),
        1 => NvmeDriver.RamSize - (ulong)random.Next(8192),
        2 => ulong.MaxValue - (ulong)random.Next(8192),
        3 => (ulong)random.Next(0x1_0000, 0xA_0000),                     // onto the queues themselves
        4 => (ulong)random.Next((int)NvmeDriver.RamSize),
        _ => NvmeDriver.Data + (ulong)random.Next(64) * 0x1000 + (ulong)random.Next(2) * 0xFE8,
    };
}
