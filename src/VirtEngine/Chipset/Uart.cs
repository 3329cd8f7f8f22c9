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

    private readonly Lock gate = new();
    private readonly MachineClock clock;
    private readonly IInterruptLine line;
    private readonly GuestChannel channel;
    private readonly MachineTimer timeout;
    private readonly byte[] fifo = new byte[FifoSize];
    private readonly ushort firstPort;
    private int fifoHead, fifoCount;
    private byte interruptEnable, fifoControl, lineControl, modemControl, lineErrors, modemStatus = Connected, scratch;
    private ushort divisor = 1;
    private bool transmitPending, timeoutPending;

    internal Uart(MachineClock clock, IInterruptLine line, GuestChannel channel, ushort firstPort, string stateName)
    {
        this.clock = clock;
        this.line = line;
        this.channel = channel;
        this.firstPort = firstPort;
        StateName = stateName;
        timeout = clock.CreateTimer(OnTimeout);
        channel.HostWrote = OnHostWrote;
    }

    public string StateName { get; }

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(firstPort, 8, this);

    public uint ReadPort(ushort port, int size)
    {
        lock (gate)
        {
            bool latch = (lineControl & DivisorAccess) != 0;
            switch (port - firstPort)
            {
                case 0: return latch ? (byte)divisor : ReadData();
                case 1: return latch ? (byte)(divisor >> 8) : interruptEnable;
                case 2: return ReadInterruptId();
                case 3: return lineControl;
                case 4: return modemControl;
                case 5: return ReadLineStatus();
                case 6: return ReadModemStatus();
                default: return scratch;
            }
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (gate)
        {
            bool latch = (lineControl & DivisorAccess) != 0;
            byte data = (byte)value;
            switch (port - firstPort)
            {
                case 0 when latch: divisor = (ushort)(divisor & 0xFF00 | data); break;
                case 0: Transmit(data); break;
                case 1 when latch: divisor = (ushort)(divisor & 0xFF | data << 8); break;
                case 1: WriteInterruptEnable(data); break;
                case 2: WriteFifoControl(data); break;
                case 3: lineControl = data; break;
                case 4: WriteModemControl(data); break;
                case 7: scratch = data; break;
            }
            UpdateLine();
        }
    }

    private int Depth => (fifoControl & FifoEnabled) != 0 ? FifoSize : 1;

    private int Trigger => (fifoControl & FifoEnabled) == 0 ? 1 : (fifoControl >> 6) switch { 0 => 1, 1 => 4, 2 => 8, _ => 14 };

    private byte ReadData()
    {
        byte data = 0;
        if (fifoCount > 0)
        {
            data = fifo[fifoHead];
            fifoHead = (fifoHead + 1) % FifoSize;
            fifoCount--;
        }
        timeoutPending = false;
        Refill();
        if (fifoCount > 0) ArmTimeout();
        UpdateLine();
        return data;
    }

    private byte ReadInterruptId()
    {
        byte id = InterruptId();
        if (id == 2) { transmitPending = false; UpdateLine(); }
        return (byte)(id | ((fifoControl & FifoEnabled) != 0 ? 0xC0 : 0));
    }

    private byte ReadLineStatus()
    {
        byte status = (byte)(Empty | lineErrors | (fifoCount > 0 ? DataReady : 0));
        lineErrors = 0;
        UpdateLine();
        return status;
    }

    private byte ReadModemStatus()
    {
        byte status = modemStatus;
        modemStatus &= 0xF0;
        UpdateLine();
        return status;
    }

    private void Transmit(byte data)
    {
        if ((modemControl & Loopback) == 0) channel.SendDroppingOldest(new ReadOnlySpan<byte>(in data));
        else if (fifoCount < Depth) Receive(data);
        else lineErrors |= Overrun;
        transmitPending = true;
    }

    private void WriteInterruptEnable(byte value)
    {
        bool newlyEnabled = (value & ~interruptEnable & TransmitEnabled) != 0;
        interruptEnable = (byte)(value & 0x0F);
        if (newlyEnabled) transmitPending = true;      // the transmitter is always empty
    }

    private void WriteFifoControl(byte value)
    {
        bool toggled = ((value ^ fifoControl) & FifoEnabled) != 0;
        if (toggled || (value & 2) != 0) { fifoCount = 0; timeoutPending = false; }
        fifoControl = (byte)((value & FifoEnabled) != 0 ? value & 0xC9 : 0);
        Refill();
    }

    private void WriteModemControl(byte value)
    {
        modemControl = (byte)(value & 0x1F);
        byte lines = Connected;
        if ((value & Loopback) != 0)       // DTR→DSR, RTS→CTS, OUT1→RI, OUT2→DCD
            lines = (byte)((value & 1) << 5 | (value & 2) << 3 | (value & 4) << 4 | (value & 8) << 4);
        int changed = (modemStatus ^ lines) >> 4 & 0x0F;
        int ringEnded = modemStatus & ~lines & 0x40;        // RI reports its falling edge alone
        modemStatus = (byte)(lines | modemStatus & 0x0F | changed & 0x0B | ringEnded >> 4);
        Refill();
    }

    private void Receive(byte data)
    {
        fifo[(fifoHead + fifoCount) % FifoSize] = data;
        fifoCount++;
        if (fifoCount < Trigger) ArmTimeout();
    }

    private void ArmTimeout() => timeout.Set(clock.Now + TimeoutPerDivisor * Math.Max((ushort)1, divisor));

    private void Refill()
    {
        if ((modemControl & Loopback) != 0) return;
        Span<byte> one = stackalloc byte[1];
        while (fifoCount < Depth && channel.Receive(one) == 1) Receive(one[0]);
    }

    private void OnHostWrote()
    {
        lock (gate)
        {
            Refill();
            UpdateLine();
        }
    }

    private void OnTimeout()
    {
        lock (gate)
        {
            timeoutPending = fifoCount > 0 && (fifoControl & FifoEnabled) != 0;
            UpdateLine();
        }
    }

    /// <summary>The IIR's low nibble: the most urgent interrupt, or 1 for none (data sheet, table IV).</summary>
    private byte InterruptId()
    {
        if ((interruptEnable & LineStatusEnabled) != 0 && (lineErrors & Errors) != 0) return 6;
        if ((interruptEnable & ReceiveEnabled) != 0)
        {
            if (fifoCount >= Trigger) return 4;
            if (timeoutPending) return 12;
        }
        if ((interruptEnable & TransmitEnabled) != 0 && transmitPending) return 2;
        return (byte)((interruptEnable & ModemStatusEnabled) != 0 && (modemStatus & 0x0F) != 0 ? 0 : 1);
    }

    // On a PC the OUT2 pin connects the interrupt.
    private void UpdateLine() => line.Set(InterruptId() != 1 && (modemControl & Out2) != 0);

    public void SaveState(BinaryWriter writer)
    {
        lock (gate)
        {
            writer.Write(interruptEnable); writer.Write(fifoControl); writer.Write(lineControl); writer.Write(modemControl);
            writer.Write(lineErrors); writer.Write(modemStatus); writer.Write(scratch); writer.Write(divisor);
            writer.Write(transmitPending); writer.Write(timeoutPending);
            writer.Write(fifo); writer.Write((byte)fifoHead); writer.Write((byte)fifoCount);
            channel.Save(writer);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (gate)
        {
            interruptEnable = (byte)(reader.ReadByte() & 0x0F); fifoControl = reader.ReadByte(); lineControl = reader.ReadByte();
            modemControl = (byte)(reader.ReadByte() & 0x1F); lineErrors = reader.ReadByte(); modemStatus = reader.ReadByte();
            scratch = reader.ReadByte(); divisor = reader.ReadUInt16();
            transmitPending = reader.ReadBoolean(); timeoutPending = reader.ReadBoolean();
            reader.ReadExactly(fifo);
            int head = reader.ReadByte(), count = reader.ReadByte();
            if (head >= FifoSize || count > FifoSize) throw new InvalidDataException($"{StateName}: a FIFO of {count} bytes from {head}.");
            (fifoHead, fifoCount) = (head, count);
            channel.Load(reader);
            if (fifoCount > 0) timeout.Set(clock.Now);
            UpdateLine();
        }
    }

    /// <summary>Lets go of the channel.</summary>
    public void Dispose()
    {
        channel.HostWrote = null;
        timeout.Cancel();
    }
}
