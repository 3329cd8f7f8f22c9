using VirtEngine.Bus;
using VirtEngine.State;
using VirtEngine.Time;

namespace VirtEngine.Chipset;

/// <summary>
/// The fixed hardware of ACPI (ACPI 6.5, 4.8): PM1a event and control blocks, the 32-bit power management timer at 3.579545 MHz, and an empty
/// GPE0 block, all from port 600h on. There is no SMI command port: the machine is in ACPI mode from the start (SCI_EN is set). The system
/// control interrupt is a level on ISA line 9.
/// </summary>
internal sealed class PowerManagement : IPortDevice, IStatefulDevice
{
    internal const ushort FirstPort = 0x600, EventBlock = FirstPort, ControlBlock = FirstPort + 4, TimerBlock = FirstPort + 8,
        GpeBlock = FirstPort + 0x20;
    internal const int PortCount = 0x40, GpeLength = 4;

    /// <summary>SLP_TYP of S5, as the DSDT's <c>_S5</c> tells it.</summary>
    internal const int SoftOff = 5;

    /// <summary>The timer's rate in Hz.</summary>
    internal const long TimerHertz = 3_579_545;

    private const ushort TimerStatus = 1, PowerButtonStatus = 1 << 8, WakeStatus = 1 << 15;
    private const ushort Clearable = TimerStatus | 1 << 4 | 1 << 5 | PowerButtonStatus | 1 << 9 | 1 << 10 | WakeStatus;
    private const ushort Enables = TimerStatus | 1 << 5 | PowerButtonStatus | 1 << 9 | 1 << 10;
    private const ushort SciEnable = 1, SleepEnable = 1 << 13, ControlWritable = 0x1C06;

    private readonly Lock _gate = new();
    private readonly MachineClock _clock;
    private readonly IInterruptLine _line;
    private readonly IPowerControl _power;
    private readonly MachineTimer _overflow;
    private ushort _status, _enable, _control, _gpeEnable;
    private long _seenOverflows;

    internal PowerManagement(MachineClock clock, IInterruptLine line, IPowerControl power)
    {
        _clock = clock;
        _line = line;
        _power = power;
        _overflow = clock.CreateTimer(OnOverflow);
    }

    public string StateName => "acpi.pm";

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(FirstPort, PortCount, this);

    /// <summary>Presses the power button: the guest hears of it by the system control interrupt.</summary>
    internal void PressPowerButton()
    {
        lock (_gate)
        {
            _status |= PowerButtonStatus;
            UpdateLine();
        }
    }

    public uint ReadPort(ushort port, int size)
    {
        lock (_gate)
        {
            // Registers are 16 or 32 bits wide, aligned; narrower reads see a part.
            int at = port - FirstPort;
            ulong window = (ulong)ReadRegister(at & ~3) | (ulong)ReadRegister((at & ~3) + 4) << 32;
            return (uint)(window >> (at & 3) * 8) & uint.MaxValue >> (32 - 8 * size);
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        bool off = false;
        lock (_gate)
        {
            for (int i = 0; i < size; i++) off |= WriteByte(port - FirstPort + i, (byte)(value >> 8 * i));
            UpdateLine();
        }
        if (off) _power.RequestPowerOff();
    }

    private uint ReadRegister(int offset)
    {
        switch (offset)
        {
            case EventBlock - FirstPort:
                SeeOverflow();
                return (uint)(_status | _enable << 16);
            case ControlBlock - FirstPort: return (uint)(_control | SciEnable);
            case TimerBlock - FirstPort: return (uint)Ticks.FromNanoseconds(_clock.Now, TimerHertz);
            case GpeBlock - FirstPort: return (uint)_gpeEnable << 16;
            default: return 0;
        }
    }

    /// <returns>Whether the guest turned its power off.</returns>
    private bool WriteByte(int offset, byte value)
    {
        switch (offset)
        {
            case 0 or 1:        // a written 1 clears
                SeeOverflow();
                _status &= (ushort)~(Place(value, offset) & Clearable);
                break;
            case 2 or 3:
                _enable = (ushort)(Replace(_enable, value, offset) & Enables);
                SeeOverflow();
                break;
            case 4 or 5:
                ushort written = Replace(_control, value, offset);
                _control = (ushort)(written & ControlWritable);
                return offset == 5 && (written & SleepEnable) != 0 && (written >> 10 & 7) == SoftOff;
            case 0x22 or 0x23:
                _gpeEnable = Replace(_gpeEnable, value, offset);
                break;
        }
        return false;
    }

    private static ushort Place(byte value, int offset) => (ushort)(value << (offset & 1) * 8);

    private static ushort Replace(ushort register, byte value, int offset) => (ushort)(register & ~Place(0xFF, offset) | Place(value, offset));

    /// <summary>TMR_STS is set whenever the timer's highest bit changes.</summary>
    private void SeeOverflow()
    {
        long ticks = Ticks.FromNanoseconds(_clock.Now, TimerHertz), overflows = ticks >> 31;
        if (overflows != _seenOverflows) _status |= TimerStatus;
        _seenOverflows = overflows;
        if ((_enable & TimerStatus) != 0) _overflow.Set(Ticks.ToNanoseconds((overflows + 1) << 31, TimerHertz));
        else _overflow.Cancel();
    }

    private void OnOverflow()
    {
        lock (_gate)
        {
            SeeOverflow();
            UpdateLine();
        }
    }

    private void UpdateLine() => _line.Set((_status & _enable) != 0);

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_status); writer.Write(_enable); writer.Write(_control); writer.Write(_gpeEnable); writer.Write(_seenOverflows);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            _status = reader.ReadUInt16(); _enable = (ushort)(reader.ReadUInt16() & Enables);
            _control = (ushort)(reader.ReadUInt16() & ControlWritable); _gpeEnable = reader.ReadUInt16(); _seenOverflows = reader.ReadInt64();
            SeeOverflow();
            UpdateLine();
        }
    }
}
