using System.Diagnostics;
using System.Net.Sockets;
using VirtEngine.Networks;
using VirtTools.Tests;

namespace VirtEngine.Tests.Networks;

public sealed class EthernetSwitchTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SteppedTime _time = new();
    private readonly EthernetSwitch _switch;
    private readonly SwitchListener _listener;
    private readonly string _path;

    public EthernetSwitchTests()
    {
        _path = Path.Combine(_directory.Path, "switch");
        _switch = new(_time);
        _listener = new(_switch, _path);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _switch.Dispose();
        _directory.Dispose();
    }

    private Station Plug()
    {
        int before = _switch.Ports.Count;
        var station = new Station(_path);
        Wait(() => _switch.Ports.Count > before);
        return station;
    }

    private static void Wait(Func<bool> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "it did not come");
            Thread.Sleep(2);
        }
    }

    [Fact]
    public void Frame_to_somebody_unknown_goes_to_all_and_the_answer_to_one()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        byte[] question = Frames.Make(Frames.Station(2), Frames.Station(1));
        a.Send(question);
        Assert.Equal(question, b.Take());
        Assert.Equal(question, c.Take());
        byte[] answer = Frames.Make(Frames.Station(1), Frames.Station(2));
        b.Send(answer);
        Assert.Equal(answer, a.Take());
        Assert.True(c.IsSilent());
        a.Send(question);
        Assert.Equal(question, b.Take());
        Assert.True(c.IsSilent());
        Assert.True(a.IsSilent());
        Assert.Equal(2, _switch.Addresses);
    }

    [Fact]
    public void Broadcast_reaches_all_others()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        byte[] frame = Frames.Make(Frames.Broadcast, Frames.Station(1));
        a.Send(frame);
        Assert.Equal(frame, b.Take());
        Assert.Equal(frame, c.Take());
        Assert.True(a.IsSilent());
    }

    [Fact]
    public void Frames_for_the_next_bridge_alone_go_nowhere()
    {
        using Station a = Plug(), b = Plug();
        a.Send(Frames.Make(new(0x0180_C200_0000), Frames.Station(1)));
        Assert.True(b.IsSilent());
    }

    [Fact]
    public void Station_that_moves_is_found_again()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1)));
        Assert.NotNull(b.Take());
        Assert.NotNull(c.Take());
        b.Send(Frames.Make(Frames.Broadcast, Frames.Station(1)));
        Assert.NotNull(a.Take());
        Assert.NotNull(c.Take());
        byte[] frame = Frames.Make(Frames.Station(1), Frames.Station(3));
        c.Send(frame);
        Assert.Equal(frame, b.Take());
        Assert.True(a.IsSilent());
    }

    [Fact]
    public void Address_that_was_not_seen_for_long_is_unknown_again()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1)));
        Assert.NotNull(b.Take());
        Assert.NotNull(c.Take());
        _time.Advance(MacTable.Age + TimeSpan.FromSeconds(1));
        byte[] frame = Frames.Make(Frames.Station(1), Frames.Station(2));
        b.Send(frame);
        Assert.Equal(frame, a.Take());
        Assert.Equal(frame, c.Take());
    }

    [Fact]
    public void Somebody_who_makes_up_addresses_pushes_nobody_out()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1)));
        Assert.NotNull(b.Take());
        Assert.NotNull(c.Take());
        // To a group that the switch keeps to itself, so that nobody must read them.
        for (int i = 0; i < 10_000; i++) b.Send(Frames.Make(new(0x0180_C200_0001), Frames.Station(1000 + i)));
        byte[] frame = Frames.Make(Frames.Station(1), Frames.Station(2));
        b.Send(frame);
        Assert.Equal(frame, a.Take());
        Assert.True(c.IsSilent());
        Assert.Equal(1 + MacTable.MostPerPort, _switch.Addresses);
        // They age, and there is room again.
        _time.Advance(MacTable.Age + TimeSpan.FromSeconds(1));
        b.Send(Frames.Make(Frames.Broadcast, Frames.Station(2)));
        Assert.NotNull(a.Take());
        Assert.Equal(1, _switch.Addresses);
    }

    [Fact]
    public void Frames_that_are_none_are_dropped_and_counted()
    {
        using Station a = Plug(), b = Plug();
        a.Send([]);
        a.Send(new byte[13]);
        a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1), EthernetFrame.Largest + 1));
        a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1), EthernetFrame.LargestOnStream));
        a.Send(Frames.Make(Frames.Station(2), Frames.Broadcast));      // from all
        a.Send(Frames.Make(Frames.Station(2), new(0)));
        byte[] good = Frames.Make(Frames.Broadcast, Frames.Station(1), EthernetFrame.Largest);
        a.Send(good);
        Assert.Equal(good, b.Take());
        Assert.Equal(6, _switch.Ports[0].Counters.Malformed);
        Assert.Equal(1, _switch.Ports[0].Counters.FramesIn);
    }

    [Fact]
    public void Stream_that_lost_its_place_is_unplugged_alone()
    {
        using Station a = Plug(), b = Plug(), c = Plug();
        a.SendRaw([0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        Assert.Null(a.Take());
        Wait(() => _switch.Ports.Count == 2);
        byte[] frame = Frames.Make(Frames.Broadcast, Frames.Station(2));
        b.Send(frame);
        Assert.Equal(frame, c.Take());
    }

    [Fact]
    public async Task Somebody_who_does_not_read_loses_frames_and_holds_up_nobody()
    {
        using Station a = Plug(), b = Plug(), slow = Plug();
        int read = 0;
        var reading = Task.Run(() =>
        {
            for (; read < 3000; Interlocked.Increment(ref read)) Assert.NotNull(b.Take());
        });
        // A few at a time, so that only who does not read at all may lose some: 4.5 MB is more than sockets and queue hold.
        for (int i = 0; i < 3000; i++)
        {
            a.Send(Frames.Make(Frames.Broadcast, Frames.Station(1), 1500, i));
            if (i % 20 == 0) Wait(() => Volatile.Read(ref read) >= i - 20);
        }
        await reading.WaitAsync(TimeSpan.FromSeconds(60));
        // It is unplugged after it took nothing for a second, or is still there and has lost frames.
        Wait(() => _switch.Ports.Count == 2 || _switch.Ports.Any(port => port.Counters.DroppedOut > 0));
    }

    [Fact]
    public void All_ports_taken_is_told_by_an_end()
    {
        var stations = Enumerable.Range(0, EthernetSwitch.MostPorts).Select(_ => Plug()).ToList();
        using var late = new Station(_path);
        Assert.Null(late.Take());
        foreach (var station in stations) station.Dispose();
        Wait(() => _switch.Ports.Count == 0);
    }

    [Fact]
    public void Machine_reconnects_when_its_switch_comes_back()
    {
        using var port = new NetworkPort("test", () => SocketLink.TryConnect(_path));
        Wait(() => port.IsUp);
        _listener.Dispose();
        _switch.Dispose();
        Wait(() => !port.IsUp);
        Assert.True(port.Append(60).IsEmpty);
        Assert.Equal(1, port.Counters.DroppedOut);
        using var second = new EthernetSwitch();
        using var listener = new SwitchListener(second, _path);
        Wait(() => port.IsUp);
        using var station = new Station(_path);
        Wait(() => second.Ports.Count == 2);
        byte[] frame = Frames.Make(Frames.Broadcast, Frames.Station(1));
        frame.CopyTo(port.Append(frame.Length));
        port.Flush();
        Assert.Equal(frame, station.Take());
    }

    [Fact]
    public void Socket_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        _listener.Dispose();
        Assert.False(File.Exists(_path));
        Assert.Throws<SocketException>(() => new Station(_path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes_do_no_harm(int seed)
    {
        var random = new Random(seed);
        using Station a = Plug(), b = Plug();
        for (int round = 0; round < 60; round++)
        {
            using var mad = new Station(_path);
            for (int i = 0; i < random.Next(20); i++)
            {
                byte[] bytes = new byte[random.Next(2000)];
                random.NextBytes(bytes);
                try
                {
                    if (random.Next(3) == 0) mad.SendRaw(bytes);
                    else mad.Send(bytes);
                }
                catch (SocketException)
                {
                    break;      // unplugged
                }
            }
        }
        Wait(() => _switch.Ports.Count == 2);
        byte[] frame = Frames.Make(Frames.Station(999), Frames.Station(1));
        a.Send(frame);
        byte[]? got;
        while ((got = b.Take()) is not null && !got.AsSpan().SequenceEqual(frame)) { }
        Assert.NotNull(got);
    }
}
