using System.Buffers.Binary;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// The console device (virtio 1.2, 5.3) with VIRTIO_CONSOLE_F_MULTIPORT: named byte streams between guest and host. Port 0, the console, is
/// not there (COM1 is the machine's console); what a driver without multiport support sends to it is dropped. A guest whose host does not
/// read keeps its buffers until there is room; a host whose guest does not read waits in its channel.
/// </summary>
internal sealed class VirtioConsole : VirtioDevice
{
    private const ulong MultiPort = 1 << 1;
    private const ushort QueueSize = 64;
    private const int ControlReceive = 2, ControlTransmit = 3, ControlSize = 8, ConfigurationSize = 12;

    /// <summary>Messages that may wait for a guest to take them; one that lets more come up does not follow the protocol.</summary>
    private const int WaitingLimit = 64;

    private readonly VirtioConsolePort[] _ports;
    private readonly VirtChain _chain;
    private readonly Queue<ConsoleControl> _waiting = new(WaitingLimit);
    private readonly byte[] _configuration = new byte[ConfigurationSize];

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="ports">The ports, numbered from 1 on.</param>
    internal VirtioConsole(GuestMemory memory, params VirtioConsolePort[] ports)
        : base(memory, [.. Enumerable.Repeat(QueueSize, 2 * (ports.Length + 2))])
    {
        _ports = ports;
        _chain = new VirtChain(memory, QueueSize);
        BinaryPrimitives.WriteInt32LittleEndian(_configuration.AsSpan(4), ports.Length + 1);     // max_nr_ports
        foreach (var port in ports)
        {
            port.Channel.HostWrote = () => ServeNow(port.ReceiveQueue);
            port.Channel.HostRead = () => ServeNow(port.TransmitQueue);
        }
    }

    internal override ushort DeviceType => 3;

    internal override uint PciClass => 0x078000;

    internal override ulong OfferedFeatures => base.OfferedFeatures | MultiPort;

    internal override ulong ReadConfiguration(int offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && offset + i < ConfigurationSize; i++) value |= (ulong)_configuration[offset + i] << 8 * i;
        return value;
    }

    protected override void Serve(int index)
    {
        if (index is 0 or 1 || (DriverFeatures & MultiPort) == 0) { if (index == 1) DropSent(); }
        else if (index == ControlReceive) FlushControl();
        else if (index == ControlTransmit) TakeControl();
        else if (index % 2 == 0) FillReceive(_ports[index / 2 - 2]);
        else TakeSent(_ports[index / 2 - 2]);
    }

    private void DropSent()
    {
        var queue = Queues[1];
        bool any = false;
        for (int i = 0; i < queue.Size && queue.TryPop(_chain); i++) { queue.Push(_chain); any = true; }
        if (any) TellUsed(1);
    }

    private void FillReceive(VirtioConsolePort port)
    {
        var queue = Queues[port.ReceiveQueue];
        bool any = false;
        for (int i = 0; i < queue.Size && port.Channel.WaitingForGuest > 0 && queue.TryPop(_chain); i++)
        {
            while (_chain.Room() is { IsEmpty: false } room)
            {
                int moved = port.Channel.Receive(room);
                if (moved == 0) break;
                _chain.Advance(moved);
            }
            queue.Push(_chain);
            any = true;
        }
        if (any) TellUsed(port.ReceiveQueue);
    }

    private void TakeSent(VirtioConsolePort port)
    {
        var queue = Queues[port.TransmitQueue];
        bool any = false;
        for (int i = 0; i < queue.Size && port.Channel.RoomForHost > 0 && queue.TryPop(_chain); i++)
        {
            _chain.Skip(port.Taken);
            while (_chain.Peek() is { IsEmpty: false } part)
            {
                int sent = port.Channel.Send(part);
                _chain.Skip(sent);
                port.Taken += sent;
                if (sent < part.Length) break;
            }
            if (!_chain.Peek().IsEmpty) { queue.Unpop(); break; }
            port.Taken = 0;
            queue.Push(_chain);
            any = true;
        }
        if (any) TellUsed(port.TransmitQueue);
    }

    private void TakeControl()
    {
        var queue = Queues[ControlTransmit];
        Span<byte> message = stackalloc byte[ControlSize];
        bool any = false;
        for (int i = 0; i < queue.Size && queue.TryPop(_chain); i++)
        {
            if (_chain.Read(message) == ControlSize)
            {
                Handle(new ConsoleControl(BinaryPrimitives.ReadUInt32LittleEndian(message),
                    (ConsoleEvent)BinaryPrimitives.ReadUInt16LittleEndian(message[4..]), BinaryPrimitives.ReadUInt16LittleEndian(message[6..])));
            }
            queue.Push(_chain);
            any = true;
        }
        if (any) TellUsed(ControlTransmit);
        FlushControl();
    }

    private void Handle(ConsoleControl message)
    {
        if (message.Event == ConsoleEvent.DeviceReady)
        {
            if (message.Value != 1) return;
            foreach (var added in _ports) Post(new ConsoleControl((uint)added.Number, ConsoleEvent.DeviceAdd, 1));
            return;
        }
        if (message.Port < 1 || message.Port > (uint)_ports.Length) return;
        var port = _ports[message.Port - 1];
        switch (message.Event)
        {
            case ConsoleEvent.PortReady when message.Value == 1:
                Post(new ConsoleControl(message.Port, ConsoleEvent.PortName, 1));
                Post(new ConsoleControl(message.Port, ConsoleEvent.PortOpen, 1));       // the host's end is always open
                break;
            case ConsoleEvent.PortOpen:
                port.Channel.SetGuestOpen(message.Value != 0);
                break;
        }
    }

    private void Post(ConsoleControl message)
    {
        if (_waiting.Count < WaitingLimit) _waiting.Enqueue(message);
        else Fail("Control messages are not taken.");
    }

    private void FlushControl()
    {
        var queue = Queues[ControlReceive];
        Span<byte> header = stackalloc byte[ControlSize];
        bool any = false;
        while (_waiting.TryPeek(out var message) && queue.TryPop(_chain))
        {
            _waiting.Dequeue();
            byte[] name = message.Event == ConsoleEvent.PortName ? _ports[message.Port - 1].Name : [];
            if (_chain.WritableLength < ControlSize + name.Length) { Fail("A buffer for control messages is too small."); break; }
            BinaryPrimitives.WriteUInt32LittleEndian(header, message.Port);
            BinaryPrimitives.WriteUInt16LittleEndian(header[4..], (ushort)message.Event);
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], message.Value);
            _chain.Write(header);
            _chain.Write(name);
            queue.Push(_chain);
            any = true;
        }
        if (any) TellUsed(ControlReceive);
    }

    protected override void OnReset()
    {
        _waiting.Clear();
        foreach (var port in _ports)
        {
            port.Taken = 0;
            port.Channel.SetGuestOpen(false);
        }
    }

    internal override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write((byte)_waiting.Count);
        foreach (var message in _waiting) { writer.Write(message.Port); writer.Write((ushort)message.Event); writer.Write(message.Value); }
        foreach (var port in _ports)
        {
            writer.Write(port.Taken);
            port.Channel.Save(writer);
        }
    }

    internal override void Load(BinaryReader reader)
    {
        base.Load(reader);
        int count = reader.ReadByte();
        if (count > WaitingLimit) throw new InvalidDataException($"virtio console: {count} control messages.");
        for (int i = 0; i < count; i++)
        {
            var message = new ConsoleControl(reader.ReadUInt32(), (ConsoleEvent)reader.ReadUInt16(), reader.ReadUInt16());
            if (message.Port < 1 || message.Port > (uint)_ports.Length) throw new InvalidDataException($"virtio console: port {message.Port}.");
            _waiting.Enqueue(message);
        }
        foreach (var port in _ports)
        {
            port.Taken = reader.ReadInt64();
            if (port.Taken < 0) throw new InvalidDataException($"virtio console: {port.Taken} bytes taken.");
            port.Channel.Load(reader);
        }
    }

    /// <summary>Lets go of the channels; to the host the guest has closed its ends.</summary>
    public override void Dispose()
    {
        foreach (var port in _ports) port.Channel.HostWrote = port.Channel.HostRead = null;
        base.Dispose();
    }
}
