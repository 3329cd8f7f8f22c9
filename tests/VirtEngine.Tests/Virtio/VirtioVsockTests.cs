using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using VirtEngine.Tests.Chipset;
using VirtEngine.Virtio;
using VirtEngine.Vsock;
using VirtTools.Tests;

namespace VirtEngine.Tests.Virtio;

public sealed class VirtioVsockTests : IDisposable
{
    private const ulong Features = 1ul << 32 | 1;
    private const int Receive = 0, Transmit = 1, Events = 2;
    private const uint GuestPort = 5000, HostPort = 77;

    private readonly TemporaryDirectory _directory = new();
    private readonly VsockListener _listener;
    private readonly VirtioDriver _driver;
    private int _buffers;

    public VirtioVsockTests()
    {
        _listener = new VsockListener(_directory["v"]);
        _driver = new VirtioDriver(memory => new VirtioVsock(memory, _listener));
    }

    public void Dispose()
    {
        _driver.Dispose();
        _listener.Dispose();
        _directory.Dispose();
    }

    private void Start()
    {
        _driver.Start(Features);
        for (_buffers = 0; _buffers < 8; _buffers++) _driver.Queue(Receive).Give(1000);
    }

    private void Say(VsockOperation operation, byte[]? content = null, uint flags = 0, uint allocation = 4096, uint forwarded = 0,
        uint hostPort = HostPort, uint guestPort = GuestPort, ulong from = 3, ulong to = 2, ushort type = 1, uint? length = null)
    {
        byte[] packet = [.. new byte[VsockHeader.Size], .. content ?? []];
        new VsockHeader(from, to, guestPort, hostPort, length ?? (uint)(content?.Length ?? 0), type, operation, flags, allocation, forwarded).Write(packet);
        _driver.Queue(Transmit).Send(packet);
        Wait(() => _driver.Queue(Transmit).TakeUsed() is not null);
    }

    private (VsockHeader Header, byte[] Content) Hear()
    {
        byte[]? packet = null;
        Wait(() => (packet = _driver.Queue(Receive).TakeUsed()) is not null);
        _driver.Queue(Receive).Give(1000);
        return (VsockHeader.Read(packet), packet![VsockHeader.Size..]);
    }

    private void Hears(VsockOperation operation, uint flags = 0)
    {
        var (header, content) = Hear();
        Assert.Equal((operation, flags, 0u, 2ul, 3ul), (header.Operation, header.Flags, header.Length, header.SourceCid, header.DestinationCid));
        Assert.Empty(content);
    }

    private static void Wait(Func<bool> condition)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "it did not come");
            Thread.Sleep(1);
        }
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint($"{_listener.Path}_{HostPort}"));
        socket.Listen();
        return socket;
    }

    private Socket Connect(string line)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Connect(new UnixDomainSocketEndPoint(_listener.Path));
        socket.Send(Encoding.ASCII.GetBytes(line));
        return socket;
    }

    private static byte[] Read(Socket socket, int count)
    {
        socket.ReceiveTimeout = 20_000;
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int got = socket.Receive(bytes.AsSpan(done));
            if (got == 0) return bytes[..done];
            done += got;
        }
        return bytes;
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 + i / 251))];

    /// <summary>The guest connects to the host.</summary>
    private Socket Open(uint allocation = 4096)
    {
        Start();
        using var listener = Listen();
        Say(VsockOperation.Request, allocation: allocation);
        Hears(VsockOperation.Response);
        return listener.Accept();
    }

    [Fact]
    public void Guest_learns_its_context()
    {
        Assert.Equal(3ul, _driver.Device(0, 8));
        Assert.Equal(Features | 1ul << 28, _driver.OfferedFeatures());
    }

    [Fact]
    public void Guest_connects_to_a_socket_of_the_host_and_both_talk()
    {
        using var host = Open();
        Say(VsockOperation.ReadWrite, "hello host"u8.ToArray());
        Assert.Equal("hello host"u8.ToArray(), Read(host, 10));
        host.Send("hello guest"u8);
        var (header, content) = Hear();
        Assert.Equal((VsockOperation.ReadWrite, HostPort, GuestPort, 11u), (header.Operation, header.SourcePort, header.DestinationPort, header.Length));
        Assert.Equal("hello guest"u8.ToArray(), content);
        Assert.Equal(((uint)VsockConnection.Allocation, 10u), (header.Allocation, header.Forwarded));
    }

    [Fact]
    public void Host_connects_to_a_port_of_the_guest_and_is_told()
    {
        Start();
        using var host = Connect("CONNECT 5000\nearly");
        var (header, _) = Hear();
        Assert.Equal((VsockOperation.Request, GuestPort), (header.Operation, header.DestinationPort));
        Say(VsockOperation.Response, hostPort: header.SourcePort);
        byte[] expected = Encoding.ASCII.GetBytes($"OK {header.SourcePort}\n");
        Assert.Equal(expected, Read(host, expected.Length));
        Assert.Equal("early"u8.ToArray(), Hear().Content);
    }

    [Fact]
    public void Port_that_nobody_listens_at_is_refused_on_both_sides()
    {
        Start();
        Say(VsockOperation.Request);
        Hears(VsockOperation.Reset);
        using var host = Connect("CONNECT 5000\n");
        Say(VsockOperation.Reset, hostPort: Hear().Header.SourcePort);
        Assert.Empty(Read(host, 1));
        Wait(() => ((VirtioVsock)_driver.Function.Device).Connections == 0);
    }

    [Theory]
    [InlineData("HELLO\n")]
    [InlineData("CONNECT\n")]
    [InlineData("CONNECT -1\n")]
    [InlineData("CONNECT 4294967296\n")]
    [InlineData("CONNECT 1 2\n")]
    [InlineData("CONNECT 00000000000000000000000000000000001\n")]
    public void Line_that_names_no_port_ends_the_connection(string line)
    {
        Start();
        using var host = Connect(line);
        try
        {
            Assert.Empty(Read(host, 1));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);      // some of the line was not read
        }
        Assert.Equal(0, ((VirtioVsock)_driver.Function.Device).Connections);
    }

    [Fact]
    public void Guest_gets_no_more_than_the_credit_it_gave()
    {
        using var host = Open(allocation: 1500);
        byte[] sent = Pattern(5000);
        host.Send(sent);
        var got = new List<byte>();
        while (got.Count < 1500) got.AddRange(Hear().Content);
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Receive).TakeUsed());
        Assert.Equal(1500, got.Count);
        Say(VsockOperation.CreditUpdate, allocation: 1500, forwarded: 700);
        while (got.Count < 2200) got.AddRange(Hear().Content);
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Receive).TakeUsed());
        Say(VsockOperation.CreditUpdate, allocation: 1 << 20, forwarded: 2200);
        while (got.Count < sent.Length) got.AddRange(Hear().Content);
        Assert.Equal(sent, got);
        // One that claims to have forwarded what it never got has none.
        Say(VsockOperation.CreditUpdate, allocation: 1500, forwarded: 1 << 30);
        host.Send([1]);
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Receive).TakeUsed());
    }

    [Fact]
    public void Guest_may_send_what_it_has_credit_for_and_is_reset_for_more()
    {
        using var host = Open();
        host.ReceiveBufferSize = 4096;
        // Nobody reads: the sockets take some, then the buffer fills, and the credit says so.
        uint sent = 0, forwarded = 0;
        for (bool isFull = false; !isFull;)
        {
            uint free = VsockConnection.Allocation - (sent - forwarded);
            if (free < 1000)
            {
                Say(VsockOperation.CreditRequest);
                uint now = Hear().Header.Forwarded;
                isFull = now == forwarded;
                forwarded = now;
                continue;
            }
            Say(VsockOperation.ReadWrite, Pattern(900));
            sent += 900;
            while (_driver.Queue(Receive).TakeUsed() is { } packet)
            {
                _driver.Queue(Receive).Give(1000);
                Assert.Equal(VsockOperation.CreditUpdate, VsockHeader.Read(packet).Operation);
                forwarded = VsockHeader.Read(packet).Forwarded;
            }
        }
        byte[] got = Read(host, (int)sent);
        for (int i = 0; i < sent; i += 900) Assert.Equal(Pattern(900), got[i..(i + 900)]);
        // What fits into no credit whatever was read meanwhile.
        for (int i = 0; i < 200; i++)
        {
            Say(VsockOperation.ReadWrite, Pattern(900));
            while (_driver.Queue(Receive).TakeUsed() is { } packet)
            {
                _driver.Queue(Receive).Give(1000);
                if (VsockHeader.Read(packet).Operation == VsockOperation.Reset) return;
            }
        }
        // The sockets between may have taken all of it: then nothing was beyond its credit.
        Assert.True(host.Available > 0);
    }

    [Fact]
    public void Half_that_is_closed_leaves_the_other_half_open()
    {
        using var host = Open();
        Say(VsockOperation.ReadWrite, "last"u8.ToArray());
        Say(VsockOperation.Shutdown, flags: VsockHeader.SendsNoMore);
        Assert.Equal("last"u8.ToArray(), Read(host, 100));
        host.Send("answer"u8);
        Assert.Equal("answer"u8.ToArray(), Hear().Content);
        host.Shutdown(SocketShutdown.Send);
        Hears(VsockOperation.Shutdown, VsockHeader.SendsNoMore);
        Say(VsockOperation.Shutdown, flags: VsockHeader.SendsNoMore | VsockHeader.TakesNoMore);
        Hears(VsockOperation.Reset);
        Assert.Equal(0, ((VirtioVsock)_driver.Function.Device).Connections);
    }

    [Fact]
    public void Data_after_the_last_word_is_answered_by_a_reset()
    {
        using var host = Open();
        Say(VsockOperation.Shutdown, flags: VsockHeader.SendsNoMore);
        Say(VsockOperation.ReadWrite, [1]);
        Hears(VsockOperation.Reset);
    }

    [Fact]
    public void Host_that_goes_away_is_told_to_the_guest()
    {
        var host = Open();
        host.Dispose();
        Hears(VsockOperation.Shutdown, VsockHeader.SendsNoMore);
        Say(VsockOperation.ReadWrite, [1]);
        Hears(VsockOperation.Reset);
    }

    [Fact]
    public void Packets_that_belong_nowhere_are_answered_by_a_reset_and_resets_by_nothing()
    {
        Start();
        foreach (var operation in (VsockOperation[])[VsockOperation.Invalid, VsockOperation.Response, VsockOperation.ReadWrite, VsockOperation.Shutdown,
            VsockOperation.CreditUpdate, VsockOperation.CreditRequest, (VsockOperation)99])
        {
            Say(operation);
            Hears(VsockOperation.Reset);
        }
        Say(VsockOperation.Request, type: 2);
        Assert.Equal((VsockOperation.Reset, (ushort)2), (Hear().Header is var header ? header.Operation : default, header.Type));
        Say(VsockOperation.Reset);
        Say(VsockOperation.Request, from: 4);           // not its own name
        Say(VsockOperation.ReadWrite, length: 1000);    // longer than it is
        Thread.Sleep(50);
        Assert.Null(_driver.Queue(Receive).TakeUsed());
        Assert.Null(_driver.Function.Device.Reason);
    }

    [Fact]
    public void Operations_out_of_turn_reset_the_connection()
    {
        foreach (var operation in (VsockOperation[])[VsockOperation.Request, VsockOperation.Response, VsockOperation.Invalid])
        {
            using var host = Open();
            Say(operation);
            Hears(VsockOperation.Reset);
            _driver.Status = 0;
            File.Delete($"{_listener.Path}_{HostPort}");
            _driver.Memory.Write(0x1_0000, new byte[0x2_0000]);
        }
    }

    [Fact]
    public void Guest_that_takes_no_answers_is_not_listened_to()
    {
        _driver.Start(Features);
        var queue = _driver.Queue(Transmit);
        byte[] packet = new byte[VsockHeader.Size];
        new VsockHeader(3, 2, 1, 1, 0, 1, VsockOperation.CreditRequest, 0, 0, 0).Write(packet);
        int taken = 0;
        for (int i = 0; i < 14; i++) queue.Send(packet);
        for (int i = 0; i < 100; i++)
        {
            var limit = Stopwatch.StartNew();
            bool came = false;
            while (!(came = queue.TakeUsed() is not null) && limit.ElapsedMilliseconds < 200) Thread.Sleep(1);
            if (!came) break;
            taken++;
            queue.Send(packet);
        }
        Assert.Equal(64, taken);
        // It takes some, and is listened to again.
        for (int i = 0; i < 8; i++) _driver.Queue(Receive).Give(1000);
        Wait(() => queue.TakeUsed() is not null);
    }

    [Fact]
    public void Connections_are_bounded()
    {
        Start();
        using var listener = Listen();
        listener.Listen(VirtioVsock.MostConnections + 10);
        int opened = 0, refused = 0;
        for (uint port = 0; port < VirtioVsock.MostConnections + 5; port++)
        {
            Say(VsockOperation.Request, guestPort: 1000 + port);
            if (Hear().Header.Operation == VsockOperation.Response) opened++;
            else refused++;
        }
        Assert.Equal((VirtioVsock.MostConnections, 5), (opened, refused));
        _driver.Status = 0;
        Assert.Equal(0, ((VirtioVsock)_driver.Function.Device).Connections);
    }

    [Fact]
    public void Moved_guest_is_told_that_its_connections_are_gone()
    {
        using var host = Open();
        _driver.Queue(Events).Give(16);
        byte[] state = StateRoundTrip.Save(_driver.Function);
        StateRoundTrip.Read(_driver.Function, state);
        byte[]? told = null;
        Wait(() => (told = _driver.Queue(Events).TakeUsed()) is not null);
        Assert.Equal(new byte[4], told);
        Assert.Empty(Read(host, 1));
    }

    [LinuxFact]
    public void Socket_is_its_owners_alone()
    {
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_listener.Path));
    }
}
