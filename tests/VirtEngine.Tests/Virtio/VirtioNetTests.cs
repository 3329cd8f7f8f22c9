using System.Buffers.Binary;
using VirtEngine.Networks;
using VirtEngine.Tests.Chipset;
using VirtEngine.Tests.Networks;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

public sealed class VirtioNetTests : IDisposable
{
    private const ulong Version1 = 1ul << 32, Merge = VirtioNet.MergeFeature;
    private const ulong Everything = Version1 | Merge | VirtioNet.MacFeature | VirtioNet.StatusFeature | VirtioNet.MtuFeature;
    private const int Receive = 0, Transmit = 1, Header = VirtioNet.HeaderSize;
    private static readonly MacAddress Address = new(0x0212_3456_789A);

    private readonly RecordingPort _port = new();
    private readonly VirtioDriver _driver;

    public VirtioNetTests() => _driver = new VirtioDriver(memory => new VirtioNet(memory, Address, _port));

    public void Dispose() => _driver.Dispose();

    private static byte[] Packet(byte[] frame) => [.. new byte[Header], .. frame];

    [Fact]
    public void Driver_finds_address_mtu_and_link()
    {
        Assert.Equal(0x1041_1AF4ul, _driver.Config(0, 4));
        Assert.Equal(Everything | 1ul << 28, _driver.OfferedFeatures());
        Assert.Equal([0x02, 0x12, 0x34, 0x56, 0x78, 0x9A], Enumerable.Range(0, 6).Select(at => (byte)_driver.Device(at, 1)));
        Assert.Equal(1ul, _driver.Device(6, 2));
        Assert.Equal(1500ul, _driver.Device(10, 2));
        Assert.Equal(0ul, _driver.Device(12, 4));
    }

    [Fact]
    public void Frames_go_out_whole_and_in_order_wherever_they_lie()
    {
        _driver.Start(Everything);
        for (int i = 0; i < 40; i++)
        {
            byte[] frame = Frames.Make(Frames.Broadcast, Address, 60 + 20 * i, i);
            _driver.Queue(Transmit).Send(Packet(frame));
            Assert.Equal(frame, _port.Take());
            Assert.NotNull(WaitForUsed(Transmit));
        }
        // The header apart, the frame in three pieces.
        byte[] whole = Frames.Make(Frames.Station(1), Address, 300);
        var queue = _driver.Queue(Transmit);
        _driver.Memory.Write(0x10_0000, new byte[Header]);
        _driver.Memory.Write(0x10_1000, whole.AsSpan(0, 10));
        _driver.Memory.Write(0x10_2FFF, whole.AsSpan(10, 190));
        _driver.Memory.Write(0x10_4000, whole.AsSpan(200));
        queue.SetDescriptor(12, 0x10_0000, Header, 1, 13);
        queue.SetDescriptor(13, 0x10_1000, 10, 1, 14);
        queue.SetDescriptor(14, 0x10_2FFF, 190, 1, 15);
        queue.SetDescriptor(15, 0x10_4000, 100, 0);
        queue.Offer(12);
        Assert.Equal(whole, _port.Take());
    }

    [Fact]
    public void Frames_that_are_none_are_dropped_and_counted()
    {
        _driver.Start(Everything);
        var queue = _driver.Queue(Transmit);
        foreach (uint length in (uint[])[0, 5, Header, Header + 13, Header + EthernetFrame.Largest + 1, 65_550, 1 << 20])
        {
            queue.SetDescriptor(0, 0x10_0000, length, 0);
            queue.Offer(0);
        }
        byte[] good = Frames.Make(Frames.Broadcast, Address, EthernetFrame.Largest);
        _driver.Memory.Write(0x20_0000, Packet(good));
        queue.SetDescriptor(1, 0x20_0000, (uint)(Header + good.Length), 0);
        queue.Offer(1);
        Assert.Equal(good, _port.Take());
        Assert.Equal(7, _port.Counters.Malformed);
        Assert.Null(_driver.Function.Device.Reason);
    }

    [Fact]
    public void Frame_comes_in_behind_its_header()
    {
        _driver.Start(Version1);
        _driver.Queue(Receive).Give();
        byte[] frame = Frames.Make(Address, Frames.Station(1), 90);
        Assert.True(_port.Receiver!.Receive(frame));
        byte[] got = _driver.Queue(Receive).TakeUsed()!;
        Assert.Equal(Header + 90, got.Length);
        Assert.Equal(1, BinaryPrimitives.ReadUInt16LittleEndian(got.AsSpan(10)));
        Assert.Equal(new byte[10], got[..10]);
        Assert.Equal(frame, got[Header..]);
        Assert.Contains((0xFEE0_0000ul, 0x41u), _driver.Msi.Take());
    }

    [Fact]
    public void Frame_takes_several_buffers_where_the_driver_merges_them()
    {
        _driver.Start(Version1 | Merge);
        for (int i = 0; i < 10; i++) _driver.Queue(Receive).Give(100);
        byte[] frame = Frames.Make(Address, Frames.Station(1), 700);
        Assert.True(_port.Receiver!.Receive(frame));
        var got = new List<byte>();
        int buffers = 0;
        for (; _driver.Queue(Receive).TakeUsed() is { } part; buffers++) got.AddRange(part);
        Assert.Equal(8, buffers);
        Assert.Equal(8, BinaryPrimitives.ReadUInt16LittleEndian(got.ToArray().AsSpan(10)));
        Assert.Equal(frame, got.Skip(Header));
    }

    [Theory]
    [InlineData(Version1)]
    [InlineData(Version1 | Merge)]
    public void Frame_without_room_is_lost_and_the_buffers_stay_the_guests(ulong features)
    {
        _driver.Start(features);
        Assert.False(_port.Receiver!.Receive(Frames.Make(Address, Frames.Station(1))));       // no buffer at all
        _driver.Queue(Receive).Give(50);
        Assert.False(_port.Receiver.Receive(Frames.Make(Address, Frames.Station(1), 200)));
        Assert.Null(_driver.Queue(Receive).TakeUsed());
        _driver.Queue(Receive).Give(50);
        byte[] small = Frames.Make(Address, Frames.Station(1), 20);
        Assert.True(_port.Receiver.Receive(small));
        Assert.Equal(small, _driver.Queue(Receive).TakeUsed()![Header..]);
    }

    [Fact]
    public async Task Frame_waits_a_moment_for_the_guests_buffers()
    {
        _driver.Start(Version1);
        bool taken = false;
        for (int i = 0; i < 100 && !taken; i++)      // a busy computer may take longer than the moment
        {
            var receiving = Task.Run(() => _port.Receiver!.Receive(Frames.Make(Address, Frames.Station(1))));
            await Task.Delay(5);
            _driver.Queue(Receive).Give();
            taken = await receiving;
        }
        Assert.True(taken);
    }

    [Fact]
    public void Unplugged_cable_shows_in_the_guest()
    {
        _driver.Start(Everything);
        _driver.Msi.Take();
        _port.IsUp = false;
        Assert.Equal(0ul, _driver.Device(6, 2));
        Assert.Equal([(0xFEE0_0000ul, 0x40u)], _driver.Msi.Take());
        _driver.Queue(Transmit).Send(Packet(Frames.Make(Frames.Broadcast, Address)));
        Assert.NotNull(WaitForUsed(Transmit));      // the guest has its buffer back, the frame is lost
        _port.IsUp = true;
        Assert.Equal(1ul, _driver.Device(6, 2));
        Assert.Equal([(0xFEE0_0000ul, 0x40u)], _driver.Msi.Take().Where(message => message.Data == 0x40));
    }

    [Fact]
    public void Paused_machine_is_left_alone_and_goes_on_where_it_was()
    {
        _driver.Start(Everything);
        var device = (VirtioNet)_driver.Function.Device;
        _driver.Queue(Receive).Give();
        device.Hold();
        Assert.False(_port.Receiver!.Receive(Frames.Make(Address, Frames.Station(1))));
        byte[] frame = Frames.Make(Frames.Broadcast, Address);
        _driver.Queue(Transmit).Send(Packet(frame));
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Transmit).TakeUsed());
        device.Release();
        Assert.Equal(frame, _port.Take());
    }

    [Fact]
    public void State_moves_with_frames_on_their_way()
    {
        _driver.Start(Everything);
        var device = (VirtioNet)_driver.Function.Device;
        device.Hold();
        byte[] frame = Frames.Make(Frames.Broadcast, Address);
        _driver.Queue(Transmit).Send(Packet(frame));
        byte[] state = StateRoundTrip.Save(_driver.Function);
        _driver.Status = 0;
        StateRoundTrip.Load(_driver.Function, state);
        device.Release();
        Assert.Equal(frame, _port.Take());
        _driver.Queue(Receive).Give();
        Assert.True(_port.Receiver!.Receive(frame));
    }

    [Fact]
    public void Reset_takes_the_buffers_back()
    {
        _driver.Start(Everything);
        _driver.Queue(Receive).Give();
        _driver.Status = 0;
        Assert.False(_port.Receiver!.Receive(Frames.Make(Address, Frames.Station(1))));
        _driver.Memory.Write(0x1_0000, new byte[0x2_0000]);
        _driver.Start(Everything);
        _driver.Queue(Receive).Give();
        Assert.True(_port.Receiver.Receive(Frames.Make(Address, Frames.Station(1))));
    }

    private byte[]? WaitForUsed(int queue)
    {
        byte[]? used = null;
        Assert.True(SpinWait.SpinUntil(() => (used = _driver.Queue(queue).TakeUsed()) is not null, TimeSpan.FromSeconds(20)), "no buffer came back");
        return used;
    }
}
