using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Chipset;

/// <summary>
/// The two 8259As of a PC at ports 20h, 21h, A0h, A1h with the edge/level registers at 4D0h, 4D1h; the slave hangs on the master's line 2.
/// </summary>
internal sealed class PicPair : IPortDevice, IStatefulDevice
{
    private const int Cascade = 2;

    private readonly Lock _gate = new();
    private readonly Action<bool, Func<byte>> _output;
    private readonly Func<byte> _acknowledge;
    private readonly Pic8259 _master = new() { CascadeLine = Cascade, LevelWritable = 0xF8 };
    private readonly Pic8259 _slave = new() { LevelWritable = 0xDE };
    private bool _raised;

    /// <param name="output">Gets the level of the INTR wire at each change, and what to call for the vector; called under the pair's lock, so
    /// it must not wait for someone who is in <see cref="Acknowledge"/>.</param>
    internal PicPair(Action<bool, Func<byte>> output)
    {
        _output = output;
        _acknowledge = Acknowledge;
    }

    public string StateName => "pic";

    public int StateVersion => 1;

    internal void Map(GuestBus bus)
    {
        bus.MapPorts(0x20, 2, this);
        bus.MapPorts(0xA0, 2, this);
        bus.MapPorts(0x4D0, 2, this);
    }

    /// <summary>Drives one of the 16 lines; line 2 is the cascade and is not driven from outside.</summary>
    internal void SetLine(int line, bool level)
    {
        lock (_gate)
        {
            if (line < 8) _master.SetLine(line, level);
            else _slave.SetLine(line - 8, level);
            Update();
        }
    }

    /// <summary>The INTA cycle: the vector of the most urgent interrupt, or of the spurious one if the request has gone.</summary>
    internal byte Acknowledge()
    {
        lock (_gate)
        {
            int line = _master.Pending();
            if (line < 0) return (byte)(_master.VectorBase | 7);
            _master.Acknowledge(line);
            byte vector = (byte)(_master.VectorBase | line);
            if (line == Cascade)
            {
                int behind = _slave.Pending();
                if (behind >= 0) _slave.Acknowledge(behind);
                vector = (byte)(_slave.VectorBase | (behind >= 0 ? behind : 7));
            }
            Update();
            return vector;
        }
    }

    public uint ReadPort(ushort port, int size)
    {
        lock (_gate)
        {
            byte value = port switch
            {
                0x20 => _master.ReadCommand(),
                0x21 => _master.Mask,
                0xA0 => _slave.ReadCommand(),
                0xA1 => _slave.Mask,
                0x4D0 => _master.Level,
                _ => _slave.Level,
            };
            Update();
            return value;
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (_gate)
        {
            switch (port)
            {
                case 0x20: _master.WriteCommand((byte)value); break;
                case 0x21: _master.WriteData((byte)value); break;
                case 0xA0: _slave.WriteCommand((byte)value); break;
                case 0xA1: _slave.WriteData((byte)value); break;
                case 0x4D0: _master.WriteLevel((byte)value); break;
                case 0x4D1: _slave.WriteLevel((byte)value); break;
            }
            if (port == 0x4D0 && size >= 2) _slave.WriteLevel((byte)(value >> 8));
            Update();
        }
    }

    private void Update()
    {
        // The slave's request is a level for the master, whose line 2 is edge-triggered: fall and rise again for the next one.
        bool behind = _slave.Pending() >= 0;
        _master.SetLine(Cascade, false);
        if (behind) _master.SetLine(Cascade, true);
        bool level = _master.Pending() >= 0;
        if (level == _raised) return;
        _raised = level;
        _output(level, _acknowledge);
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate) { _master.Save(writer); _slave.Save(writer); }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate) { _master.Load(reader); _slave.Load(reader); Update(); }
    }
}
