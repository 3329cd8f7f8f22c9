using VirtEngine.Networks;
using VirtEngine.Tests.Networks;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

/// <summary>What the network device and its threads allocate, measured over the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class VirtioNetAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steady_traffic_allocates_nothing(bool rings)
    {
        var address = Frames.Station(9);
        using var port = new RecordingPort { Keeps = false };
        using var driver = new VirtioDriver(memory => new VirtioNet(memory, address, port), rings ? new RecordingDoorbells() : null);
        driver.Start(1ul << 32 | VirtioNet.MergeFeature);
        foreach (int queue in (int[])[0, 1]) driver.Write16(driver.Queue(queue).Available, 1);     // no interrupts: the recorder allocates
        byte[] frame = Frames.Make(address, Frames.Station(1), 600), packet = [.. new byte[VirtioNet.HeaderSize], .. frame];
        long flushed = 0;
        const int warm = 100, rounds = 2000;
        Exchange(warm);

        // The smallest object per frame would be 48,000 bytes, each time. What others in the process allocate is not in every try.
        Assert.Contains(Enumerable.Range(0, 3), _ =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(rounds);
            return GC.GetTotalAllocatedBytes(precise: true) - before <= 12 * rounds;
        });

        void Exchange(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                driver.Queue(1).Send(packet);
                flushed += FrameBatch.PrefixSize + frame.Length;
                while (Interlocked.Read(ref port.Flushed) != flushed) Thread.Yield();
                driver.Queue(0).Give(700);
                if (!port.Receiver!.Receive(frame)) Assert.Fail($"frame {i} was lost");
            }
        }
    }
}
