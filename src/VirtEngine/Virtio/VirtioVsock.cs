using System.Buffers.Binary;
using System.Net.Sockets;
using VirtEngine.Memory;
using VirtEngine.Vsock;

namespace VirtEngine.Virtio;

/// <summary>
/// The socket device (virtio 1.2, 5.10), streams only: connections between ports of the guest and Unix sockets of the host. Connections,
/// their buffers and the packets that wait are bounded; a guest that does not take its packets is not listened to any more.
/// </summary>
internal sealed class VirtioVsock : ThreadedVirtioDevice
{
    /// <summary>The host's context (5.10.4).</summary>
    internal const ulong HostCid = 2;

    /// <summary>The guest's: each machine has a network of its own, so all are called the same.</summary>
    internal const ulong GuestCid = 3;

    /// <summary>Connections at the same time.</summary>
    internal const int MostConnections = 256;

    private const int ReceiveQueue = 0, TransmitQueue = 1, EventQueue = 2, Batch = 32;
    private const ushort QueueSize = 128;
    private const ulong StreamFeature = 1;

    // Answers to what belongs to no connection; while so many wait, the guest's packets do too.
    private const int MostResets = 64;

    // Ports of the host's that connections to the guest come from.
    private const uint FirstPort = 1u << 30;

    private readonly VsockListener _host;
    private readonly VirtChain _taking, _giving;
    private readonly Dictionary<(uint Host, uint Guest), VsockConnection> _connections = [];
    private readonly Queue<VsockConnection> _ready = new();
    private readonly Queue<VsockHeader> _resets = new(MostResets);
    private readonly CancellationTokenSource _end = new();
    private uint _nextPort = FirstPort;
    private bool _wasMoved;

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="host">The host's side, which the device uses until it is disposed of.</param>
    internal VirtioVsock(GuestMemory memory, VsockListener host) : base(memory, "vsock", QueueSize, QueueSize, QueueSize)
    {
        _host = host;
        _taking = new VirtChain(memory, QueueSize);
        _giving = new VirtChain(memory, QueueSize);
        host.Connected = Accept;
    }

    internal override ushort DeviceType => 19;

    internal override uint PciClass => 0x028000;

    internal override ulong OfferedFeatures => base.OfferedFeatures | StreamFeature;

    /// <summary>Connections that are open or being opened.</summary>
    internal int Connections { get { lock (Gate) return _connections.Count; } }

    internal override ulong ReadConfiguration(int offset, int size)
    {
        Span<byte> configuration = stackalloc byte[16];
        configuration.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(configuration, GuestCid);
        return offset < 8 ? BinaryPrimitives.ReadUInt64LittleEndian(configuration[offset..]) & ulong.MaxValue >> (64 - 8 * size) : 0;
    }

    /// <summary>A connection has something to say, in its notes or its buffer. The lock is held.</summary>
    internal void Note(VsockConnection connection, VsockNotes notes)
    {
        if (connection.IsClosed) return;
        connection.Notes |= notes;
        if (!connection.IsQueued)
        {
            connection.IsQueued = true;
            _ready.Enqueue(connection);
        }
        Wake(1u << ReceiveQueue);
    }

    /// <summary>A connection's host side is at its end: the guest is told by a reset.</summary>
    internal void Abort(VsockConnection connection)
    {
        lock (Gate)
        {
            if (!connection.IsClosed) Reject(connection);
        }
    }

    protected override void Serve(int index)
    {
        if (index == TransmitQueue) Take();
        else if (index == EventQueue) TellMoved();
        else Give();
    }

    private void Take()
    {
        var queue = Queues[TransmitQueue];
        Span<byte> bytes = stackalloc byte[VsockHeader.Size];
        int taken = 0;
        for (; taken < Batch && _resets.Count < MostResets && queue.TryPop(_taking); taken++)
        {
            if (_taking.Read(bytes) == VsockHeader.Size) Handle(VsockHeader.Read(bytes));
            queue.Push(_taking);
        }
        if (taken > 0) TellUsed(TransmitQueue);
        if (taken == Batch) Wake(1u << TransmitQueue);
    }

    private void Handle(in VsockHeader packet)
    {
        if (packet.SourceCid != GuestCid || packet.Length > _taking.ReadableLength - VsockHeader.Size) return;
        var key = (packet.DestinationPort, packet.SourcePort);
        if (packet.DestinationCid != HostCid || packet.Type != VsockHeader.Stream)
        {
            Answer(packet);
            return;
        }
        if (!_connections.TryGetValue(key, out var connection))
        {
            if (packet.Operation == VsockOperation.Request) Connect(packet);
            else Answer(packet);
            return;
        }
        connection.TakeCredit(packet.Allocation, packet.Forwarded);
        switch (packet.Operation)
        {
            case VsockOperation.Response when connection.IsFromHost && !connection.IsOpen:
                connection.Open(null, greet: true);
                break;
            case VsockOperation.ReadWrite when connection.IsOpen && connection.TryTake(_taking, packet.Length):
            case VsockOperation.CreditUpdate:
                break;
            case VsockOperation.CreditRequest:
                Note(connection, VsockNotes.CreditUpdate);
                break;
            case VsockOperation.Shutdown when connection.IsOpen:
                connection.ShutDown(packet.Flags);
                break;
            case VsockOperation.Reset:
                Forget(connection);
                break;
            default:
                Reject(connection);
                break;
        }
    }

    private void Connect(in VsockHeader packet)
    {
        if (_connections.Count >= MostConnections) { Answer(packet); return; }
        var connection = new VsockConnection(this, packet.DestinationPort, packet.SourcePort, null);
        connection.TakeCredit(packet.Allocation, packet.Forwarded);
        _connections.Add((packet.DestinationPort, packet.SourcePort), connection);
        _ = ConnectAsync(connection);
    }

    private async Task ConnectAsync(VsockConnection connection)
    {
        Socket socket;
        try
        {
            await Task.Yield();     // not under the lock
            socket = await _host.ConnectAsync(connection.HostPort, _end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or OperationCanceledException)     // nobody listens
        {
            Abort(connection);
            return;
        }
        lock (Gate)
        {
            if (connection.IsClosed) { socket.Dispose(); return; }
            Note(connection, VsockNotes.Response);
            connection.Open(socket, greet: false);
        }
    }

    /// <summary>Somebody on the host connects to a port of the guest.</summary>
    private void Accept(Socket socket, uint port)
    {
        lock (Gate)
        {
            if (!IsLive || _connections.Count >= MostConnections) { socket.Dispose(); return; }
            do _nextPort = _nextPort == uint.MaxValue ? FirstPort : _nextPort + 1;
            while (_connections.ContainsKey((_nextPort, port)));
            var connection = new VsockConnection(this, _nextPort, port, socket);
            _connections.Add((_nextPort, port), connection);
            Note(connection, VsockNotes.Request);
        }
    }

    /// <summary>Answers a packet that belongs to no connection by a reset, if it is not one itself.</summary>
    private void Answer(in VsockHeader packet)
    {
        if (packet.Operation == VsockOperation.Reset) return;
        Post(new(packet.DestinationCid, packet.SourceCid, packet.DestinationPort, packet.SourcePort, 0, packet.Type, VsockOperation.Reset, 0, 0, 0));
    }

    private void Reject(VsockConnection connection)
    {
        var reset = connection.Header(VsockOperation.Reset);
        Forget(connection);
        Post(reset);
    }

    private void Forget(VsockConnection connection)
    {
        _connections.Remove((connection.HostPort, connection.GuestPort));
        connection.Close();
    }

    // Of its own connections no more than there are; of other packets one at a time, since no more are taken while many wait.
    private void Post(in VsockHeader reset)
    {
        if (_resets.Count < MostResets + MostConnections) _resets.Enqueue(reset);
        Wake(1u << ReceiveQueue);
    }

    private void Give()
    {
        var queue = Queues[ReceiveQueue];
        bool was = _resets.Count >= MostResets;
        int given = 0;
        while (given < Batch && (_resets.Count > 0 || TrySkipIdle()) && queue.TryPop(_giving))
        {
            if (_giving.WritableLength <= VsockHeader.Size) { Fail("A buffer for packets is too small."); break; }
            if (_resets.TryDequeue(out var reset)) Write(reset, default);
            else GiveNext(_ready.Peek());
            queue.Push(_giving);
            given++;
        }
        if (given > 0) TellUsed(ReceiveQueue);
        if (given == Batch) Wake(1u << ReceiveQueue);
        if (was && _resets.Count < MostResets) Wake(1u << TransmitQueue);
    }

    /// <summary>Takes those out of the list that have nothing to say any more.</summary>
    /// <returns>Whether one is left.</returns>
    private bool TrySkipIdle()
    {
        while (_ready.TryPeek(out var next))
        {
            if (!next.IsClosed && (next.Notes != VsockNotes.None || !next.Waiting.IsEmpty)) return true;
            next.IsQueued = false;
            _ready.Dequeue();
        }
        return false;
    }

    // One packet, and then the next connection has its turn.
    private void GiveNext(VsockConnection connection)
    {
        _ready.Dequeue();
        _ready.Enqueue(connection);
        if (TakeNote(connection, VsockNotes.Request)) Write(connection.Header(VsockOperation.Request), default);
        else if (TakeNote(connection, VsockNotes.Response)) Write(connection.Header(VsockOperation.Response), default);
        else if (connection.Waiting is { IsEmpty: false } waiting)
        {
            int count = (int)Math.Min(waiting.Length, _giving.WritableLength - VsockHeader.Size);
            connection.Notes &= ~VsockNotes.CreditUpdate;       // every packet tells the credit
            Write(connection.Header(VsockOperation.ReadWrite, count), waiting[..count]);
            connection.Advance(count);
        }
        else if (TakeNote(connection, VsockNotes.CreditUpdate)) Write(connection.Header(VsockOperation.CreditUpdate), default);
        else if (TakeNote(connection, VsockNotes.Shutdown)) Write(connection.Header(VsockOperation.Shutdown, 0, connection.ShutdownFlags), default);
    }

    private static bool TakeNote(VsockConnection connection, VsockNotes note)
    {
        if ((connection.Notes & note) == 0) return false;
        connection.Notes &= ~note;
        return true;
    }

    private void Write(in VsockHeader header, ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[VsockHeader.Size];
        header.Write(bytes);
        _giving.Write(bytes);
        _giving.Write(content);
    }

    /// <summary>Tells a guest whose state was taken elsewhere that its connections are gone (VIRTIO_VSOCK_EVENT_TRANSPORT_RESET, 5.10.6.7).</summary>
    private void TellMoved()
    {
        if (!_wasMoved || !Queues[EventQueue].TryPop(_giving)) return;
        _wasMoved = false;
        _giving.Write(stackalloc byte[4]);
        Queues[EventQueue].Push(_giving);
        TellUsed(EventQueue);
    }

    protected override void OnReset()
    {
        foreach (var connection in _connections.Values) connection.Close();
        _connections.Clear();
        _ready.Clear();
        _resets.Clear();
        _wasMoved = false;
    }

    internal override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _wasMoved = true;
    }

    /// <summary>Ends the connections and lets go of the host's side.</summary>
    public override void Dispose()
    {
        _host.Connected = null;
        _end.Cancel();
        base.Dispose();
        _end.Dispose();
    }
}
