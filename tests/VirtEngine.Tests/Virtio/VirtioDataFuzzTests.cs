using System.Net.Sockets;
using VirtEngine.Balloons;
using VirtEngine.Networks;
using VirtEngine.Tests.Networks;
using VirtEngine.Virtio;
using VirtEngine.Vsock;
using VirtTools.Tests;

namespace VirtEngine.Tests.Virtio;

/// <summary>
/// Drivers gone mad at the devices with threads of their own: random rings, registers and packets while the host's side sends too. Nothing escapes,
/// nothing is kept, and nothing outside the guest's RAM is touched: it lies between pages that end the process.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class VirtioDataFuzzTests
{
    public enum Kind
    {
        Net,
        Vsock,
        Balloon,
    }

    [Theory]
    [InlineData(Kind.Net, 31)]
    [InlineData(Kind.Net, 32)]
    [InlineData(Kind.Vsock, 33)]
    [InlineData(Kind.Vsock, 34)]
    [InlineData(Kind.Balloon, 35)]
    [InlineData(Kind.Balloon, 36)]
    public void Random_driver_does_no_harm(Kind kind, int seed)
    {
        using var directory = new TemporaryDirectory();
        using var listener = new VsockListener(directory["v"]);
        using var host = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        host.Bind(new UnixDomainSocketEndPoint($"{listener.Path}_1"));
        host.Listen(300);
        using var port = new RecordingPort { Keeps = false };
        var control = new BalloonControl();
        using var driver = new VirtioDriver(memory => kind switch
        {
            Kind.Net => new VirtioNet(memory, Frames.Station(1), port),
            Kind.Vsock => new VirtioVsock(memory, listener),
            _ => new VirtioBalloon(memory, control),
        });
        var random = new Random(seed);
        ulong offered = driver.OfferedFeatures();
        var reached = new HashSet<int>();
        var features = new HashSet<ulong>();
        int failures = 0, used = 0;
        long kept = 0;
        byte[] frame = Frames.Make(Frames.Station(1), Frames.Station(2), EthernetFrame.Largest);
        for (int round = 0; round < 200; round++)
        {
            ulong chosen = 1ul << 32 | offered & (ulong)random.NextInt64();
            features.Add(chosen & offered);
            driver.Start(chosen, random.Next(2) == 0);
            int queues = (int)driver.Common(0x12, 2);
            int steps = random.Next(1, 60);
            for (int step = 0; step < steps; step++)
            {
                var queue = driver.Queue(random.Next(queues));
                switch (random.Next(14))
                {
                    case < 3:
                        queue.SetDescriptor(random.Next(16), Address(random), Length(random), (ushort)random.Next(random.Next(4) == 0 ? 8 : 4), (ushort)random.Next(17));
                        break;
                    case < 6:
                        queue.Offer((ushort)random.Next(random.Next(20) == 0 ? 65536 : 16));
                        break;
                    case 6 or 7:        // a request that is nearly one
                        byte[] request = Request(kind, random);
                        queue.Send(request);
                        break;
                    case 8:
                        queue.Give(random.Next(1, 1024));
                        break;
                    case 9:
                        int field = random.Next(Fields.Length);
                        reached.Add(field);
                        driver.Bus.WriteMmio(driver.Bar + (ulong)Fields[field].At, Fields[field].Size, Value(random));
                        driver.Bus.ReadMmio(driver.Bar + (ulong)Fields[field].At, Fields[field].Size);
                        break;
                    case 10:
                        driver.Device(random.Next(64), 1 << random.Next(4));
                        driver.SetDevice(random.Next(64), 1 << random.Next(4), Value(random));
                        break;
                    case 11:
                        driver.SetConfig(random.Next(256), 1 << random.Next(3), Value(random));
                        break;
                    case 12:
                        driver.Memory.Write((ulong)random.Next((int)VirtioDriver.RamSize - 64), BitConverter.GetBytes(random.NextInt64()));
                        break;
                    default:
                        Disturb(kind, random, port, control, frame, listener);
                        break;
                }
            }
            Thread.Sleep(1);
            if (driver.Function.Device.Reason is not null) failures++;
            if (Enumerable.Range(0, queues).Any(index => driver.Read16(driver.Queue(index).Used + 2) != 0)) used++;
            Assert.All(driver.Msi.Take(), message => Assert.Equal(0xFEEul, message.Address >> 20));
            driver.Restore();
            driver.Status = 0;
            driver.Memory.Write(0x1_0000, new byte[0x4_0000]);
            while (host.Poll(0, SelectMode.SelectRead)) host.Accept().Dispose();
            if (round == 60) kept = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - kept, long.MinValue, 4 << 20);
        Assert.Equal(Fields.Length, reached.Count);
        Assert.True(features.Count > 3);
        // It must have gone both ways, or the test exercises nothing.
        Assert.InRange(failures, 1, 199);
        Assert.InRange(used, 1, 200);

        // And it works again: a reset forgets everything.
        port.Dispose();
        driver.Restore();
        driver.Status = 0;
        driver.Memory.Write(0x1_0000, new byte[0x4_0000]);
        driver.Start(1ul << 32);
        Assert.Equal(0x0F, driver.Status);
        driver.Queue(1).Send(new byte[VsockHeader.Size]);
        Assert.True(SpinWait.SpinUntil(() => driver.Read16(driver.Queue(1).Used + 2) == 1, TimeSpan.FromSeconds(20)), "it takes no request any more");
    }

    private static byte[] Request(Kind kind, Random random)
    {
        switch (kind)
        {
            case Kind.Net:
                return [.. new byte[VirtioNet.HeaderSize], .. Frames.Make(Frames.Broadcast, Frames.Station(1), random.Next(14, 1000))];
            case Kind.Vsock:
                byte[] packet = new byte[VsockHeader.Size + random.Next(500)];
                new VsockHeader(
                    random.Next(9) == 0 ? (ulong)random.NextInt64() : 3, random.Next(9) == 0 ? (ulong)random.NextInt64() : 2,
                    (uint)random.Next(4), random.Next(3) == 0 ? 1u << 30 | (uint)random.Next(4) : (uint)random.Next(3),
                    random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)(packet.Length - VsockHeader.Size), (ushort)(random.Next(9) == 0 ? 2 : 1),
                    (VsockOperation)random.Next(10), (uint)random.Next(5), (uint)random.Next(1 << 17), (uint)random.Next(1 << 16)).Write(packet);
                return packet;
            default:
                byte[] pages = new byte[random.Next(1000)];
                for (int i = 0; i + 4 <= pages.Length; i += 4)
                    BitConverter.TryWriteBytes(pages.AsSpan(i), random.Next(9) == 0 ? (uint)random.NextInt64(1L << 32) : 0x100 + (uint)random.Next(0x300));
                return pages;
        }
    }

    private static void Disturb(Kind kind, Random random, RecordingPort port, BalloonControl control, byte[] frame, VsockListener listener)
    {
        switch (kind)
        {
            case Kind.Net:
                if (random.Next(4) == 0) port.IsUp = !port.IsUp;
                port.Receiver!.Receive(frame.AsSpan(0, random.Next(14, frame.Length + 1)));
                break;
            case Kind.Vsock:
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Connect(new UnixDomainSocketEndPoint(listener.Path));
                    socket.Send("CONNECT 1\nhello"u8);
                }
                break;
            default:
                control.TargetPages = (uint)random.Next();
                control.RefreshStatistics();
                break;
        }
    }

    /// <summary>Every field that a driver can write (virtio 1.2, 4.1.4.3; PCI 3.0, 6.8.2) by its place in the BAR, and notifications of each queue.</summary>
    private static readonly (int At, int Size)[] Fields =
    [
        (0x00, 4), (0x04, 4), (0x08, 4), (0x0C, 4), (0x10, 2), (0x12, 2), (0x14, 1), (0x15, 1), (0x16, 2), (0x18, 2), (0x1A, 2), (0x1C, 2), (0x1E, 2),
        (0x20, 8), (0x24, 4), (0x28, 8), (0x2C, 4), (0x30, 8), (0x34, 4), (0x1000, 1), (0x2000, 4), (0x2004, 4), (0x2008, 4), (0x200C, 4),
        (0x3000, 2), (0x3004, 2), (0x3008, 2), (0x300C, 2), (0x3FFC, 4), (0x4000, 4), (0x4004, 4), (0x4008, 4), (0x400C, 4), (0x4800, 8),
    ];

    private static ulong Value(Random random) => random.Next(4) switch
    {
        0 => ulong.MaxValue,
        1 => (ulong)random.Next(20),
        2 => Address(random),
        _ => (ulong)random.NextInt64(),
    };

    private static ulong Address(Random random) => random.Next(8) switch
    {
        0 => (ulong)random.NextInt64(),
        1 => VirtioDriver.RamSize - (ulong)random.Next(64),
        2 => ulong.MaxValue - (ulong)random.Next(64),
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
