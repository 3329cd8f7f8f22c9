using VirtEngine.Networks;
using VirtEngine.Tests.Chipset;
using VirtEngine.Tests.Networks;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

/// <summary>A device whose queues are notified by the hypervisor alone: no store comes to the bus.</summary>
public sealed class VirtioDoorbellTests : IDisposable
{
    private const ulong Features = 1ul << 32 | VirtioNet.MergeFeature;
    private const int Receive = 0, Transmit = 1, MemorySpace = 2;
    private static readonly MacAddress Address = new(0x0212_3456_789A);

    private readonly RecordingDoorbells _doorbells = new();
    private readonly RecordingPort _port = new();
    private readonly VirtioDriver _driver;

    public VirtioDoorbellTests() => _driver = new VirtioDriver(memory => new VirtioNet(memory, Address, _port), _doorbells);

    public void Dispose() => _driver.Dispose();

    private VirtioNet Device => (VirtioNet)_driver.Function.Device;

    private ulong[] Notifications => [_driver.NotifyAt(Receive), _driver.NotifyAt(Transmit)];

    private byte[] Send(int number = 0)
    {
        byte[] frame = Frames.Make(Frames.Broadcast, Address, 60, number);
        _driver.Queue(Transmit).Send([.. new byte[VirtioNet.HeaderSize], .. frame]);
        return frame;
    }

    [Fact]
    public void Ring_has_the_queue_served_without_the_bus()
    {
        _driver.Start(Features);
        for (int i = 1; i <= 100; i++)
        {
            byte[] frame = Send(i);
            Assert.Equal(frame, _port.Take());
            Assert.Equal(i, _doorbells.Rings);
        }
    }

    [Fact]
    public void Doorbells_are_bound_while_the_driver_drives_and_where_the_bar_is()
    {
        Assert.Empty(_doorbells.Addresses);
        _driver.Start(Features);
        Assert.Equal(Notifications, _doorbells.Addresses);

        ulong command = _driver.Config(4, 2);
        _driver.SetConfig(4, 2, command & ~(ulong)MemorySpace);
        Assert.Empty(_doorbells.Addresses);
        _driver.SetConfig(4, 2, command);
        Assert.Equal(Notifications, _doorbells.Addresses);

        ulong moved = _driver.Bar + 0x100_0000;
        _driver.SetConfig(0x10, 4, moved);
        Assert.Equal(Notifications.Select(at => at - _driver.Bar + moved), _doorbells.Addresses);
        _driver.SetConfig(0x10, 4, _driver.Bar);

        _driver.Status = 0;
        Assert.Empty(_doorbells.Addresses);
        _driver.Start(Features);
        Assert.Equal(Notifications, _doorbells.Addresses);
        _driver.Function.Dispose();
        Assert.Empty(_doorbells.Addresses);
    }

    [Fact]
    public void Queue_for_which_there_is_no_room_is_notified_by_the_bus()
    {
        var narrow = new RecordingDoorbells { Room = 1 };
        var port = new RecordingPort();
        using var driver = new VirtioDriver(memory => new VirtioNet(memory, Address, port), narrow);
        driver.Start(Features);
        byte[] frame = Frames.Make(Frames.Broadcast, Address);
        driver.Queue(Transmit).Send([.. new byte[VirtioNet.HeaderSize], .. frame]);
        Assert.Equal(frame, port.Take());
        Assert.Equal(0, narrow.Rings);
    }

    [Fact]
    public void Ring_that_nobody_has_heard_when_the_bar_moves_is_not_lost()
    {
        _driver.Start(Features);
        for (int i = 0; i < 100; i++)
        {
            byte[] frame;
            lock (Device.Gate)
            {
                _driver.Bus.WriteMmio(_driver.NotifyAt(Receive), 2, Receive);      // the thread wakes, and waits for the lock
                Thread.Sleep(1);
                frame = Send(i);
                _driver.SetConfig(0x10, 4, _driver.Bar + 0x100_0000);
                _driver.SetConfig(0x10, 4, _driver.Bar);
            }
            Assert.Equal(frame, _port.Take());
        }
    }

    [Fact]
    public void Ring_in_a_pause_is_served_afterwards()
    {
        _driver.Start(Features);
        Device.Hold();
        byte[] frame = Send();
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Transmit).TakeUsed());
        Device.Release();
        Assert.Equal(frame, _port.Take());
    }

    [Fact]
    public void Ring_that_was_not_served_yet_moves_with_the_state()
    {
        _driver.Start(Features);
        Device.Hold();
        byte[] frame = Send();
        byte[] state = StateRoundTrip.Save(_driver.Function);
        _driver.Status = 0;
        Assert.Empty(_doorbells.Addresses);

        StateRoundTrip.Load(_driver.Function, state);
        Device.Release();
        Assert.Equal(frame, _port.Take());
        Assert.Equal(Notifications, _doorbells.Addresses);
        frame = Send(1);
        Assert.Equal(frame, _port.Take());
        Assert.Equal(2, _doorbells.Rings);
    }

    [Fact]
    public void Ring_just_before_a_reset_disturbs_nobody()
    {
        for (int i = 0; i < 200; i++)
        {
            _driver.Start(Features);
            _doorbells.TryStore(_driver.NotifyAt(Transmit));
            _driver.Status = 0;
            _driver.Memory.Write(0x1_0000, new byte[0x2_0000]);
        }
        _driver.Start(Features);
        byte[] frame = Send();
        Assert.Equal(frame, _port.Take());
        Assert.Null(Device.Reason);
    }

    [Fact]
    public void Device_that_is_never_out_of_work_hears_its_doorbell()
    {
        _driver.Start(Features);
        bool done = false;
        // The guest's other queue is notified by the bus without an end.
        var other = new Thread(() =>
        {
            while (!Volatile.Read(ref done)) _driver.Bus.WriteMmio(_driver.NotifyAt(Receive), 2, 0);
        });
        other.Start();
        for (int i = 0; i < 200; i++) Assert.Equal(Send(i), _port.Take());
        Volatile.Write(ref done, true);
        other.Join();
    }
}
