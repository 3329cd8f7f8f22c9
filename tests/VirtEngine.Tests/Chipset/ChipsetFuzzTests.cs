using VirtEngine.Bus;
using VirtEngine.Channels;
using VirtEngine.Chipset;
using VirtEngine.State;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

/// <summary>Random accesses to everything the chipset answers: no exception escapes, nothing grows, and the state stays one that can be loaded.</summary>
[Collection(AloneCollection.Name)]
public class ChipsetFuzzTests
{
    private static readonly ushort[] Ports =
        [0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1, 0x40, 0x41, 0x42, 0x43, 0x61, 0x70, 0x71, 0x60, 0x64, 0x92, 0xCF9, 0x80, 0xED];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_accesses_do_no_harm(int seed)
    {
        using var clock = new MachineClock();
        using var channel = new GuestChannel(4096, 64, open: true);
        var bus = new GuestBus();
        var msi = new RecordingMsi();
        var power = new RecordingPower();
        var time = new ManualTime(new DateTime(2026, 1, 1));
        byte acknowledged = 0;
        var pic = new PicPair((level, _) => acknowledged ^= level ? (byte)1 : (byte)2);
        var ioApic = new IoApic(msi);
        var router = new InterruptRouter(pic, ioApic);
        using var uart = new Uart(clock, router.Isa(4), channel, Uart.Com1, "uart.com1");
        var pit = new Pit(clock, router.Isa(0));
        var rtc = new RealTimeClock(clock, time, router.Isa(8), 1ul << 32);
        var keyboard = new KeyboardController(power);
        var reset = new ResetControl(power);
        var management = new PowerManagement(clock, router.Isa(9), power);
        pic.Map(bus); ioApic.Map(bus); pit.Map(bus); rtc.Map(bus); uart.Map(bus); keyboard.Map(bus); reset.Map(bus); management.Map(bus);
        IStatefulDevice[] devices = [pic, ioApic, pit, rtc, uart, keyboard, reset, management];

        var random = new Random(seed);
        byte[] input = new byte[8];
        long kept = 0;
        for (int i = 0; i < 100_000; i++)
        {
            ushort port = random.Next(4) switch
            {
                0 => (ushort)(Uart.Com1 + random.Next(8)),
                1 => (ushort)(PowerManagement.FirstPort + random.Next(PowerManagement.PortCount)),
                _ => Ports[random.Next(Ports.Length)],
            };
            int size = 1 << random.Next(3);
            // The I/O APIC's select and data registers, its EOI, and now and then any other place of its page.
            ulong offset = random.Next(8) switch { 0 => (ulong)random.Next(0x1000), 1 => 0x40, < 5 => 0, _ => 0x10 };
            switch (random.Next(8))
            {
                case 0: bus.ReadPort(port, size); break;
                case < 5: bus.WritePort(port, size, (uint)random.NextInt64(1L << 32)); break;
                case 5: bus.WriteMmio(IoApic.Address + offset, 1 << random.Next(4), offset == 0 ? (ulong)random.Next(0x48) : (ulong)random.NextInt64()); break;
                case 6: bus.ReadMmio(IoApic.Address + offset, 1 << random.Next(4)); break;
                default:
                    ioApic.EndOfInterrupt((byte)random.Next(256));
                    pic.Acknowledge();
                    router.Isa(random.Next(3, 16)).Set(random.Next(2) == 0);
                    time.Utc = time.Utc.AddSeconds(random.Next(-100, 100_000));
                    if (channel.WaitingForGuest < 32) _ = channel.WriteAsync(input, default).AsTask();
                    break;
            }
            power.Resets.Clear();
            if (i == 30_000) kept = GC.GetTotalMemory(forceFullCollection: true);
            if (msi.Messages.Count > 1000)
                foreach (var (address, _) in msi.Take()) Assert.Equal(0xFEEul, address >> 20);
        }
        // Each device has its timers, and each of them is set once at most.
        Assert.InRange(clock.Waiting, 0, 5);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - kept, long.MinValue, 4 << 20);
        foreach (var device in devices)
        {
            byte[] state = StateRoundTrip.Save(device);
            Assert.InRange(state.Length, 1, 8192);
            device.LoadState(new BinaryReader(new MemoryStream(state)), device.StateVersion);
        }
    }
}
