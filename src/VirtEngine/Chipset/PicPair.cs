using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Chipset;

/// <summary>
/// The two 8259As of a PC at ports 20h, 21h, A0h, A1h with the edge/level registers at 4D0h, 4D1h; the slave hangs on the master's line 2.
/// </summary>
internal sealed class PicPair : IPortDevice, IStatefulDevice
{
    private const int Cascade = 2;

    private readonly Lock gate = new();
    private readonly Action<bool, Func<byte>> output;
    private readonly Func<byte> acknowledge;
    private readonly Pic8259 master = new() { CascadeLine = Cascade, LevelWritable = 0xF8 };
    private readonly Pic8259 slave = new() { LevelWritable = 0xDE };
    private bool raised;

    /// <param name="output">Gets the level of the INTR wire at each change, and what to call for the vector; called under the pair's lock, so
    /// it must not wait for someone who is in <see cref="Acknowledge"/>.</param>
    internal PicPair(Action<bool, Func<byte>> output)
    {
        this.output = output;
        acknowledge = Acknowledge;
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
        lock (gate)
        {
            if (line < 8) master.SetLine(line, level);
            else slave.SetLine(line - 8, level);
            Update();
        }
    }

    /// <summary>The INTA cycle: the vector of the most urgent interrupt, or of the spurious one if the request has gone.</summary>
    internal byte Acknowledge()
    {
        lock (gate)
        {
            int line = master.Pending();
            if (line < 0) return (byte)(master.VectorBase | 7);
            master.Acknowledge(line);
            byte vector = (byte)(master.VectorBase | line);
            if (line == Cascade)
            {
                int behind = slave.Pending();
                if (behind >= 0) slave.Acknowledge(behind);
                vector = (byte)(slave.VectorBase | (behind >= 0 ? behind : 7));
            }
            Update();
            return vector;
        }
    }

    public uint ReadPort(ushort port, int size)
    {
        lock (gate)
        {
            byte value = port switch
            {
                0x20 => master.ReadCommand(),
                0x21 => master.Mask,
                0xA0 => slave.ReadCommand(),
                0xA1 => slave.Mask,
                0x4D0 => master.Level,
                _ => slave.Level,
            };
            Update();
            return value;
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (gate)
        {
            switch (port)
            {
                case 0x20: master.WriteCommand((byte)value); break;
                case 0x21: master.WriteData((byte)value); break;
                case 0xA0: slave.WriteCommand((byte)value); break;
                case 0xA1: slave.WriteData((byte)value); break;
                case 0x4D0: master.WriteLevel((byte)value); break;
                case 0x4D1: slave.WriteLevel((byte)value); break;
            }
            if (port == 0x4D0 && size >= 2) slave.WriteLevel((byte)(value >> 8));
            Update();
        }
    }

    private void Update()
    {
        // The slave's request is a level for the master, whose line 2 is edge-triggered: fall and rise again for the next one.
        bool behind = slave.Pending() >= 0;
        master.SetLine(Cascade, false);
        if (behind) master.SetLine(Cascade, true);
        bool level = master.Pending() >= 0;
        if (level == raised) return;
        raised = level;
        output(level, acknowledge);
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (gate) { master.Save(writer); slave.Save(writer); }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (gate) { master.Load(reader); slave.Load(reader); Update(); }
    }
}
