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
        long before = 0, flushed = 0;
        const int warm = 100, rounds = 2000;
        for (int i = 0; i < warm + rounds; i++)
        {
            if (i == warm) before = GC.GetTotalAllocatedBytes(precise: true);
            driver.Queue(1).Send(packet);
            flushed += FrameBatch.PrefixSize + frame.Length;
            while (Interlocked.Read(ref port.Flushed) != flushed) Thread.Yield();
            driver.Queue(0).Give(700);
            if (!port.Receiver!.Receive(frame)) Assert.Fail($"frame {i} was lost");
        }
        // The smallest object per frame would be 48,000 bytes.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 12 * rounds);
    }
}
