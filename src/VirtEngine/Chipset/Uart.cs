using VirtEngine.Bus;
using VirtEngine.Channels;
using VirtEngine.State;
using VirtEngine.Time;

namespace VirtEngine.Chipset;

/// <summary>
/// A 16550A serial port (National PC16550D data sheet). Bytes leave at once and go to a bounded channel, whose oldest bytes give way when
/// nobody reads: a guest never waits for its console. Bytes from the host wait in the channel until the receive FIFO has room, so nothing
/// is overrun.
/// </summary>
internal sealed class Uart : IPortDevice, IStatefulDevice, IDisposable
{
    /// <summary>First port of COM1.</summary>
    internal const ushort Com1 = 0x3F8;

    /// <summary>ISA interrupt line of COM1.</summary>
    internal const int Com1Line = 4;

    private const int FifoSize = 16;
    private const byte ReceiveEnabled = 1, TransmitEnabled = 2, LineStatusEnabled = 4, ModemStatusEnabled = 8;     // IER
    private const byte DataReady = 1, Overrun = 2, Errors = 0x1E, Empty = 0x60;                                    // LSR
    private const byte Loopback = 0x10, Out2 = 8;                                                                  // MCR
    private const byte DivisorAccess = 0x80;                                                                       // LCR
    private const byte FifoEnabled = 1;                                                                            // FCR
    private const byte Connected = 0xB0;            // MSR: CTS, DSR and DCD of a peer that is there
    private const long TimeoutPerDivisor = 347_223; // ns: 4 characters of 10 bits, 16 clocks of 1.8432 MHz each

    private readonly Lock _gate = new();
    private readonly MachineClock _clock;
    private readonly IInterruptLine _line;
    private readonly GuestChannel _channel;
    private readonly MachineTimer _timeout;
    private readonly byte[] _fifo = new byte[FifoSize];
    private readonly ushort _firstPort;
    private int _fifoHead, _fifoCount;
    private byte _interruptEnable, _fifoControl, _lineControl, _modemControl, _lineErrors, _modemStatus = Connected, _scratch;
    private ushort _divisor = 1;
    private bool _transmitPending, _timeoutPending;

    internal Uart(MachineClock clock, IInterruptLine line, GuestChannel channel, ushort firstPort, string stateName)
    {
        _clock = clock;
        _line = line;
        _channel = channel;
        _firstPort = firstPort;
        StateName = stateName;
        _timeout = clock.CreateTimer(OnTimeout);
        channel.HostWrote = OnHostWrote;
    }

    public string StateName { get; }

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(_firstPort, 8, this);

    public uint ReadPort(ushort port, int size)
    {
        lock (_gate)
        {
            bool latch = (_lineControl & DivisorAccess) != 0;
            switch (port - _firstPort)
            {
                case 0: return latch ? (byte)_divisor : ReadData();
                case 1: return latch ? (byte)(_divisor >> 8) : _interruptEnable;
                case 2: return ReadInterruptId();
                case 3: return _lineControl;
                case 4: return _modemControl;
                case 5: return ReadLineStatus();
                case 6: return ReadModemStatus();
                default: return _scratch;
            }
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (_gate)
        {
            bool latch = (_lineControl & DivisorAccess) != 0;
            byte data = (byte)value;
            switch (port - _firstPort)
            {
                case 0 when latch: _divisor = (ushort)(_divisor & 0xFF00 | data); break;
                case 0: Transmit(data); break;
                case 1 when latch: _divisor = (ushort)(_divisor & 0xFF | data << 8); break;
                case 1: WriteInterruptEnable(data); break;
                case 2: WriteFifoControl(data); break;
                case 3: _lineControl = data; break;
                case 4: WriteModemControl(data); break;
                case 7: _scratch = data; break;
            }
            UpdateLine();
        }
    }

    private int Depth => (_fifoControl & FifoEnabled) != 0 ? FifoSize : 1;

    private int Trigger => (_fifoControl & FifoEnabled) == 0 ? 1 : (_fifoControl >> 6) switch { 0 => 1, 1 => 4, 2 => 8, _ => 14 };

    private byte ReadData()
    {
        byte data = 0;
        if (_fifoCount > 0)
        {
            data = _fifo[_fifoHead];
            _fifoHead = (_fifoHead + 1) % FifoSize;
            _fifoCount--;
        }
        _timeoutPending = false;
        Refill();
        if (_fifoCount > 0) ArmTimeout();
        UpdateLine();
        return data;
    }

    private byte ReadInterruptId()
    {
        byte id = InterruptId();
        if (id == 2) { _transmitPending = false; UpdateLine(); }
        return (byte)(id | ((_fifoControl & FifoEnabled) != 0 ? 0xC0 : 0));
    }

    private byte ReadLineStatus()
    {
        byte status = (byte)(Empty | _lineErrors | (_fifoCount > 0 ? DataReady : 0));
        _lineErrors = 0;
        UpdateLine();
        return status;
    }

    private byte ReadModemStatus()
    {
        byte status = _modemStatus;
        _modemStatus &= 0xF0;
        UpdateLine();
        return status;
    }

    private void Transmit(byte data)
    {
        if ((_modemControl & Loopback) == 0) _channel.SendDroppingOldest(new ReadOnlySpan<byte>(in data));
        else if (_fifoCount < Depth) Receive(data);
        else _lineErrors |= Overrun;
        _transmitPending = true;
    }

    private void WriteInterruptEnable(byte value)
    {
        bool newlyEnabled = (value & ~_interruptEnable & TransmitEnabled) != 0;
        _interruptEnable = (byte)(value & 0x0F);
        if (newlyEnabled) _transmitPending = true;      // the transmitter is always empty
    }

    private void WriteFifoControl(byte value)
    {
        bool toggled = ((value ^ _fifoControl) & FifoEnabled) != 0;
        if (toggled || (value & 2) != 0) { _fifoCount = 0; _timeoutPending = false; }
        _fifoControl = (byte)((value & FifoEnabled) != 0 ? value & 0xC9 : 0);
        Refill();
    }

    private void WriteModemControl(byte value)
    {
        _modemControl = (byte)(value & 0x1F);
        byte lines = Connected;
        if ((value & Loopback) != 0)       // DTR→DSR, RTS→CTS, OUT1→RI, OUT2→DCD
            lines = (byte)((value & 1) << 5 | (value & 2) << 3 | (value & 4) << 4 | (value & 8) << 4);
        int changed = (_modemStatus ^ lines) >> 4 & 0x0F;
        int ringEnded = _modemStatus & ~lines & 0x40;        // RI reports its falling edge alone
        _modemStatus = (byte)(lines | _modemStatus & 0x0F | changed & 0x0B | ringEnded >> 4);
        Refill();
    }

    private void Receive(byte data)
    {
        _fifo[(_fifoHead + _fifoCount) % FifoSize] = data;
        _fifoCount++;
        if (_fifoCount < Trigger) ArmTimeout();
    }

    private void ArmTimeout() => _timeout.Set(_clock.Now + TimeoutPerDivisor * Math.Max((ushort)1, _divisor));

    private void Refill()
    {
        if ((_modemControl & Loopback) != 0) return;
        Span<byte> one = stackalloc byte[1];
        while (_fifoCount < Depth && _channel.Receive(one) == 1) Receive(one[0]);
    }

    private void OnHostWrote()
    {
        lock (_gate)
        {
            Refill();
            UpdateLine();
        }
    }

    private void OnTimeout()
    {
        lock (_gate)
        {
            _timeoutPending = _fifoCount > 0 && (_fifoControl & FifoEnabled) != 0;
            UpdateLine();
        }
    }

    /// <summary>The IIR's low nibble: the most urgent interrupt, or 1 for none (data sheet, table IV).</summary>
    private byte InterruptId()
    {
        if ((_interruptEnable & LineStatusEnabled) != 0 && (_lineErrors & Errors) != 0) return 6;
        if ((_interruptEnable & ReceiveEnabled) != 0)
        {
            if (_fifoCount >= Trigger) return 4;
            if (_timeoutPending) return 12;
        }
        if ((_interruptEnable & TransmitEnabled) != 0 && _transmitPending) return 2;
        return (byte)((_interruptEnable & ModemStatusEnabled) != 0 && (_modemStatus & 0x0F) != 0 ? 0 : 1);
    }

    // On a PC the OUT2 pin connects the interrupt.
    private void UpdateLine() => _line.Set(InterruptId() != 1 && (_modemControl & Out2) != 0);

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_interruptEnable); writer.Write(_fifoControl); writer.Write(_lineControl); writer.Write(_modemControl);
            writer.Write(_lineErrors); writer.Write(_modemStatus); writer.Write(_scratch); writer.Write(_divisor);
            writer.Write(_transmitPending); writer.Write(_timeoutPending);
            writer.Write(_fifo); writer.Write((byte)_fifoHead); writer.Write((byte)_fifoCount);
            _channel.Save(writer);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            _interruptEnable = (byte)(reader.ReadByte() & 0x0F); _fifoControl = reader.ReadByte(); _lineControl = reader.ReadByte();
            _modemControl = (byte)(reader.ReadByte() & 0x1F); _lineErrors = reader.ReadByte(); _modemStatus = reader.ReadByte();
            _scratch = reader.ReadByte(); _divisor = reader.ReadUInt16();
            _transmitPending = reader.ReadBoolean(); _timeoutPending = reader.ReadBoolean();
            reader.ReadExactly(_fifo);
            int head = reader.ReadByte(), count = reader.ReadByte();
            if (head >= FifoSize || count > FifoSize) throw new InvalidDataException($"{StateName}: a FIFO of {count} bytes from {head}.");
            (_fifoHead, _fifoCount) = (head, count);
            _channel.Load(reader);
            if (_fifoCount > 0) _timeout.Set(_clock.Now);
            UpdateLine();
        }
    }

    /// <summary>Lets go of the channel.</summary>
    public void Dispose()
    {
        _channel.HostWrote = null;
        _timeout.Cancel();
    }
}
