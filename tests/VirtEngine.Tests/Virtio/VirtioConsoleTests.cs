using System.Buffers.Binary;
using System.Text;
using VirtEngine.Channels;
using VirtEngine.Tests.Chipset;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

public sealed class VirtioConsoleTests : IDisposable
{
    private const ulong Features = 1ul << 32 | 1 << 1;
    private const int ControlReceive = 2, ControlTransmit = 3, Receive = 4, Transmit = 5;

    private readonly GuestChannel _channel = new(4096, 4096, open: false);
    private readonly VirtioDriver _driver;

    public VirtioConsoleTests() =>
        _driver = new VirtioDriver(memory => new VirtioConsole(memory, new VirtioConsolePort(1, "org.qemu.guest_agent.0", _channel)));

    public void Dispose()
    {
        _driver.Dispose();
        _channel.Dispose();
    }

    private void Tell(uint port, ushort what, ushort value)
    {
        byte[] message = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(message, port);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), what);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), value);
        _driver.Queue(ControlTransmit).Send(message);
        while (_driver.Queue(ControlTransmit).TakeUsed() is not null) { }
    }

    private (uint Port, ushort Event, ushort Value, string Name)? Told()
    {
        if (_driver.Queue(ControlReceive).TakeUsed() is not { } message) return null;
        _driver.Queue(ControlReceive).Give();
        return (BinaryPrimitives.ReadUInt32LittleEndian(message), BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(4)),
            BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(6)), Encoding.UTF8.GetString(message.AsSpan(8)));
    }

    private void Open()
    {
        _driver.Start(Features);
        for (int i = 0; i < 4; i++) _driver.Queue(ControlReceive).Give();
        Tell(0xFFFF_FFFF, 0, 1);
        Assert.Equal((1u, (ushort)1, (ushort)1, ""), Told());
        Tell(1, 3, 1);
        Assert.Equal((1u, (ushort)7, (ushort)1, "org.qemu.guest_agent.0"), Told());
        Assert.Equal((1u, (ushort)6, (ushort)1, ""), Told());
        Tell(1, 6, 1);
    }

    [Fact]
    public void Driver_learns_of_the_agents_port_and_opens_it()
    {
        Assert.Equal(2ul, _driver.Device(4, 4));     // max_nr_ports
        Assert.Equal(6ul, _driver.Common(0x12, 2));
        Assert.False(_channel.IsGuestOpen);
        Open();
        Assert.True(_channel.IsGuestOpen);
        Assert.Null(Told());
        Tell(1, 6, 0);
        Assert.False(_channel.IsGuestOpen);
    }

    [Fact]
    public async Task Agent_and_client_talk()
    {
        Open();
        _driver.Queue(Receive).Give();
        await _channel.WriteAsync("{\"execute\":\"guest-ping\"}\n"u8.ToArray(), default);
        Assert.Equal("{\"execute\":\"guest-ping\"}\n", Encoding.UTF8.GetString(_driver.Queue(Receive).TakeUsed()!));
        _driver.Queue(Transmit).Send("{\"return\": {}}\n"u8);
        byte[] answer = new byte[100];
        int length = await _channel.ReadAsync(answer, default);
        Assert.Equal("{\"return\": {}}\n", Encoding.UTF8.GetString(answer, 0, length));
    }

    [Fact]
    public async Task Bytes_wait_for_the_guests_buffers()
    {
        Open();
        byte[] sent = new byte[10_000];
        new Random(3).NextBytes(sent);
        var writing = _channel.WriteAsync(sent, default).AsTask();
        Assert.False(writing.IsCompleted);
        var received = new List<byte>();
        for (int i = 0; received.Count < sent.Length && i < 5000; i++)
        {
            _driver.Queue(Receive).Give(100);
            for (int spins = 0; spins < 200; spins++)
            {
                if (_driver.Queue(Receive).TakeUsed() is { } part) { received.AddRange(part); break; }
                await Task.Delay(1);
            }
        }
        await writing;
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Guest_keeps_its_buffers_while_the_host_does_not_read()
    {
        Open();
        byte[] sent = new byte[8 * 1000];
        new Random(4).NextBytes(sent);
        for (int i = 0; i < 8; i++) _driver.Queue(Transmit).Send(sent.AsSpan(1000 * i, 1000));
        int returned = 0;
        while (_driver.Queue(Transmit).TakeUsed() is not null) returned++;
        Assert.Equal(4, returned);          // 4096 bytes of room: four whole requests and a part of the fifth
        byte[] state = StateRoundTrip.Save(_driver.Function);
        StateRoundTrip.Load(_driver.Function, state);
        byte[] received = new byte[sent.Length];
        for (int done = 0; done < received.Length;) done += await _channel.ReadAsync(received.AsMemory(done, Math.Min(700, received.Length - done)), default);
        Assert.Equal(sent, received);
        while (_driver.Queue(Transmit).TakeUsed() is not null) returned++;
        Assert.Equal(8, returned);
    }

    [Fact]
    public async Task Reset_by_the_guest_closes_the_port()
    {
        Open();
        _driver.Status = 0;
        Assert.False(_channel.IsGuestOpen);
        await Assert.ThrowsAsync<IOException>(() => _channel.WriteAsync(new byte[1], default).AsTask());
    }

    [Fact]
    public void Driver_without_multiport_loses_what_it_prints_and_gets_its_buffers_back()
    {
        _driver.Start(1ul << 32);
        _driver.Queue(1).Send("hello"u8);
        Assert.NotNull(_driver.Queue(1).TakeUsed());
    }

    [Fact]
    public void Flood_of_control_messages_stops_the_device()
    {
        _driver.Start(Features);
        for (int i = 0; i < 100; i++) Tell(0, 0, 1);
        Assert.Equal(0x40, _driver.Status & 0x40);
        Assert.Contains("not taken", _driver.Function.Device.Reason);
    }

    [Fact]
    public void Nonsense_in_control_messages_is_ignored()
    {
        Open();
        foreach (uint port in (uint[])[0, 2, 0x7FFF_FFFF, uint.MaxValue])
            for (ushort what = 1; what < 12; what++) Tell(port, what, 1);
        _driver.Queue(ControlTransmit).Send([1, 2, 3]);
        Assert.Null(Told());
        Assert.True(_channel.IsGuestOpen);
        Assert.Equal(0x0F, _driver.Status);
    }

    [Fact]
    public async Task Steady_traffic_allocates_nothing()
    {
        Open();
        await _channel.WriteAsync(new byte[4000], default);
        foreach (int queue in (int[])[Receive, Transmit]) _driver.Write16(_driver.Queue(queue).Available, 1);     // no interrupts: the recorder allocates
        _driver.Queue(Transmit).Send("warm"u8);
        _driver.Queue(Receive).Give(64);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            _driver.Queue(Transmit).Send("steady"u8);
            _driver.Queue(Receive).Give(64);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(4000 - 51 * 64, _channel.WaitingForGuest);
        Assert.Equal(0, allocated);
    }
}
