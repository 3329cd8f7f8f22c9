using System.Buffers.Binary;
using VirtEngine.Memory;
using VirtEngine.Networks;

namespace VirtEngine.Virtio;

/// <summary>
/// The network device (virtio 1.2, 5.1): one pair of queues, frames up to the MTU, no offloads, since what lies behind its port carries
/// frames without their descriptions. It filters nothing, so there is no control queue. Frames out are copied once, from guest memory into the port's
/// batch; frames in once, from the port's buffer into guest memory.
/// </summary>
internal sealed class VirtioNet : ThreadedVirtioDevice, INetworkReceiver
{
    /// <summary>VIRTIO_NET_F_MTU, _MAC, _MRG_RXBUF, _STATUS.</summary>
    internal const ulong MtuFeature = 1 << 3, MacFeature = 1 << 5, MergeFeature = 1 << 15, StatusFeature = 1 << 16;

    /// <summary>struct virtio_net_hdr with num_buffers, as modern devices always have it (5.1.6).</summary>
    internal const int HeaderSize = 12;

    private const int ReceiveQueue = 0, TransmitQueue = 1, BuffersAt = 10;
    private const int StatusAt = 6, MtuAt = 10, ConfigurationSize = 12;
    private const ushort QueueSize = 256;
    private const byte LinkUp = 1;

    // Frames between two flushes of the port; also how long a register may have to wait.
    private const int Batch = 64;

    // Buffers that one frame may take: with more, a driver gives buffers of nothing.
    private const int MostBuffers = 32;

    // A guest that has had no buffer for so long loses the frame.
    private const int RoomPatienceMilliseconds = 50;

    private readonly INetworkPort _port;
    private readonly VirtChain _sending;
    private readonly VirtChain[] _receiving;
    private readonly byte[] _configuration = new byte[ConfigurationSize];
    private readonly object _roomGate = new();
    private bool _room;

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="address">The adapter's address.</param>
    /// <param name="port">The host's end, which the device uses until it is disposed of.</param>
    internal VirtioNet(GuestMemory memory, MacAddress address, INetworkPort port) : base(memory, $"net {address}", QueueSize, QueueSize)
    {
        _port = port;
        _sending = new VirtChain(memory, QueueSize);
        _receiving = new VirtChain[MostBuffers];
        for (int i = 0; i < MostBuffers; i++) _receiving[i] = new VirtChain(memory, QueueSize);
        address.Write(_configuration);
        _configuration[StatusAt] = port.IsUp ? LinkUp : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(_configuration.AsSpan(MtuAt), EthernetFrame.Mtu);
        port.Receiver = this;
        LinkChanged();
    }

    internal override ushort DeviceType => 1;

    internal override uint PciClass => 0x020000;

    internal override ulong OfferedFeatures => base.OfferedFeatures | MtuFeature | MacFeature | MergeFeature | StatusFeature;

    internal override ulong ReadConfiguration(int offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && offset + i < ConfigurationSize; i++) value |= (ulong)_configuration[offset + i] << 8 * i;
        return value;
    }

    public void LinkChanged()
    {
        lock (Gate)
        {
            byte status = _port.IsUp ? LinkUp : (byte)0;
            if (_configuration[StatusAt] == status) return;
            _configuration[StatusAt] = status;
            if (IsLive) Interrupts?.RaiseConfiguration();
        }
    }

    protected override void Serve(int index)
    {
        if (index == TransmitQueue) Transmit();
        else SignalRoom();
    }

    protected override void OnServed(int index)
    {
        if (index == TransmitQueue) _port.Flush();
    }

    private void Transmit()
    {
        var queue = Queues[TransmitQueue];
        int taken = 0;
        for (; taken < Batch && queue.TryPop(_sending); taken++)
        {
            long length = _sending.ReadableLength - HeaderSize;
            if (length is < EthernetFrame.HeaderSize or > EthernetFrame.Largest) _port.Counters.CountMalformed();
            else if (_port.Append((int)length) is { IsEmpty: false } frame)
            {
                _sending.Skip(HeaderSize);
                _sending.Read(frame);
            }
            queue.Push(_sending);
        }
        if (taken > 0) TellUsed(TransmitQueue);
        if (taken == Batch) Wake(1u << TransmitQueue);
    }

    public bool Receive(ReadOnlySpan<byte> frame)
    {
        for (long end = 0; ;)
        {
            lock (Gate)
            {
                if (!IsLive || IsHeld) return false;
                bool merges = (DriverFeatures & MergeFeature) != 0;
                int needed = HeaderSize + frame.Length, count = TakeBuffers(needed, merges ? MostBuffers : 1, out long room);
                CheckQueues();
                if (!IsLive) return false;
                if (room >= needed)
                {
                    Fill(frame, count);
                    return true;
                }
                var queue = Queues[ReceiveQueue];
                for (int i = 0; i < count; i++) queue.Unpop();
                // A driver that has set the largest number of buffers aside, and they are too small, gets nothing by more of them.
                if (count == (merges ? MostBuffers : 1)) return false;
            }
            long now = Environment.TickCount64;
            if (end == 0) end = now + RoomPatienceMilliseconds;
            if (now >= end) return false;
            lock (_roomGate)
            {
                if (!_room) Monitor.Wait(_roomGate, (int)(end - now));
                _room = false;
            }
        }
    }

    private int TakeBuffers(int needed, int most, out long room)
    {
        var queue = Queues[ReceiveQueue];
        int count = 0;
        room = 0;
        while (room < needed && count < most && queue.TryPop(_receiving[count])) room += _receiving[count++].WritableLength;
        return count;
    }

    private void Fill(ReadOnlySpan<byte> frame, int count)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header[BuffersAt..], (ushort)count);
        var queue = Queues[ReceiveQueue];
        ReadOnlySpan<byte> left = header;
        for (int i = 0, part = 0; i < count; i++)
        {
            while (true)
            {
                left = left[_receiving[i].Write(left)..];
                if (!left.IsEmpty || part++ > 0) break;
                left = frame;
            }
            queue.Stage(_receiving[i]);
        }
        queue.Publish();
        TellUsed(ReceiveQueue);
    }

    private void SignalRoom()
    {
        lock (_roomGate)
        {
            _room = true;
            Monitor.Pulse(_roomGate);
        }
    }

    protected override void OnReset() => SignalRoom();

    /// <summary>Lets go of the port.</summary>
    public override void Dispose()
    {
        if (ReferenceEquals(_port.Receiver, this)) _port.Receiver = null;
        base.Dispose();
    }
}
