using VirtEngine.Bus;
using VirtEngine.State;
using VirtEngine.Time;

namespace VirtEngine.Chipset;

/// <summary>
/// The 8254 interval timer at ports 40h–43h and system control port B at 61h, which holds channel 2's gate and shows its output. Counters are
/// computed from the machine's clock at the moment of the access, so that calibration loops are exact; channel 0 interrupts by a timer.
/// </summary>
internal sealed class Pit : IPortDevice, IStatefulDevice
{
    /// <summary>Interrupts closer together than this are merged: a guest cannot keep the clock's thread busy.</summary>
    private const long ShortestInterval = 100_000;

    private const ushort PortB = 0x61;

    private readonly Lock _gate = new();
    private readonly MachineClock _clock;
    private readonly IInterruptLine _line;
    private readonly MachineTimer _timer;
    private readonly PitChannel[] _channels = [new(gate: true), new(gate: true), new(gate: false)];
    private byte _portB;
    private long _due = long.MaxValue;       // when channel 0 interrupts next

    internal Pit(MachineClock clock, IInterruptLine line)
    {
        _clock = clock;
        _line = line;
        _timer = clock.CreateTimer(Tick);
    }

    public string StateName => "pit";

    public int StateVersion => 1;

    internal void Map(GuestBus bus)
    {
        bus.MapPorts(0x40, 4, this);
        bus.MapPorts(PortB, 1, this);
    }

    public uint ReadPort(ushort port, int size)
    {
        lock (_gate)
        {
            long now = _clock.Now;
            if (port == PortB)
            {
                uint refresh = (uint)(now / 15_085 & 1);    // the refresh request toggles every 15 µs
                return _portB | refresh << 4 | (_channels[2].Output(now) ? 0x20u : 0);
            }
            return port == 0x43 ? 0u : _channels[port - 0x40].Read(now);
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (_gate)
        {
            long now = _clock.Now;
            if (port == PortB)
            {
                _portB = (byte)(value & 0x0F);
                _channels[2].SetGate((value & 1) != 0, now);
            }
            else if (port == 0x43) WriteControl((byte)value, now);
            else if (_channels[port - 0x40].Write((byte)value, now) && port == 0x40) Arm(now);
        }
    }

    private void WriteControl(byte control, long now)
    {
        int select = control >> 6;
        if (select == 3)        // read-back
        {
            for (int i = 0; i < 3; i++)
            {
                if ((control & 2 << i) == 0) continue;
                if ((control & 0x10) == 0) _channels[i].LatchStatus(now);
                if ((control & 0x20) == 0) _channels[i].LatchCount(now);
            }
        }
        else if ((control & 0x30) == 0) _channels[select].LatchCount(now);
        else
        {
            _channels[select].WriteControl(control, now);
            if (select == 0) Arm(now);
        }
    }

    private void Arm(long now)
    {
        // A new mode raises OUT without a count having run out: that edge is not passed on.
        if (!_channels[0].Output(now)) _line.Set(false);
        Schedule(_channels[0].NextRise(now));
    }

    private void Tick()
    {
        lock (_gate)
        {
            long now = _clock.Now;
            if (now < _due) return;      // programmed anew while this call was on its way
            long next = _channels[0].NextRise(now);
            _line.Set(false);
            _line.Set(true);
            Schedule(next == long.MaxValue ? next : Math.Max(next, now + ShortestInterval));
        }
    }

    private void Schedule(long deadline)
    {
        _due = deadline;
        if (deadline == long.MaxValue) _timer.Cancel();
        else _timer.Set(deadline);
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            foreach (var channel in _channels) channel.Save(writer);
            writer.Write(_portB);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            foreach (var channel in _channels) channel.Load(reader);
            _portB = (byte)(reader.ReadByte() & 0x0F);
            Arm(_clock.Now);
        }
    }
}
