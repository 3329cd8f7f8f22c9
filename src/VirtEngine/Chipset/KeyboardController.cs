using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Chipset;

/// <summary>
/// An 8042 keyboard controller at ports 60h and 64h with nothing plugged in, and system control port A at 92h: kept for the resets and the
/// A20 gate (always open) that software expects there. Commands as in the IBM PS/2 technical reference.
/// </summary>
internal sealed class KeyboardController(IPowerControl power) : IPortDevice, IStatefulDevice
{
    private const ushort Data = 0x60, Command = 0x64, PortA = 0x92;
    private const byte OutputFull = 1, SystemFlag = 4, LastWasCommand = 8, Unlocked = 0x10;
    private const byte A20 = 2;

    private readonly Lock gate = new();
    private byte configuration = 0x34;      // both ports disabled, self-test passed
    private byte outputPort = 0x03;         // not in reset, A20 open
    private byte output, command;
    private bool full, lastWasCommand;

    public string StateName => "i8042";

    public int StateVersion => 1;

    internal void Map(GuestBus bus)
    {
        bus.MapPorts(Data, 1, this);
        bus.MapPorts(Command, 1, this);
        bus.MapPorts(PortA, 1, this);
    }

    public uint ReadPort(ushort port, int size)
    {
        lock (gate)
        {
            if (port == PortA) return A20;
            if (port == Command)
                return (uint)(Unlocked | configuration & SystemFlag | (full ? OutputFull : 0) | (lastWasCommand ? LastWasCommand : 0));
            full = false;
            return output;
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        string? reset = null;
        lock (gate)
        {
            if (port == PortA) reset = (value & 1) != 0 ? "port 92h" : null;
            else if (port == Command) reset = WriteCommand((byte)value);
            else reset = WriteData((byte)value);
        }
        if (reset != null) power.RequestReset(reset);
    }

    private string? WriteCommand(byte value)
    {
        lastWasCommand = true;
        command = 0;
        switch (value)
        {
            case 0x20: Reply(configuration); break;
            case 0x60 or 0xD1 or 0xD2 or 0xD3 or 0xD4: command = value; break;      // their byte follows at 60h
            case 0xA7: configuration |= 0x20; break;
            case 0xA8: configuration &= 0xDF; break;
            case 0xA9: Reply(2); break;             // no second port: its clock line is stuck high
            case 0xAA: configuration |= SystemFlag; Reply(0x55); break;
            case 0xAB: Reply(0); break;
            case 0xAD: configuration |= 0x10; break;
            case 0xAE: configuration &= 0xEF; break;
            case 0xC0: Reply(0x80); break;
            case 0xD0: Reply(outputPort); break;
            case >= 0xF0 when (value & 1) == 0: return "the keyboard controller";       // pulses the reset line
        }
        return null;
    }

    private string? WriteData(byte value)
    {
        lastWasCommand = false;
        byte waiting = command;
        command = 0;
        switch (waiting)
        {
            case 0x60: configuration = value; break;
            case 0xD1:
                outputPort = (byte)(value | A20);
                return (value & 1) == 0 ? "the keyboard controller" : null;
            case 0xD2: Reply(value); break;
        }
        return null;        // bytes for keyboard and mouse find nobody: no acknowledgement comes
    }

    private void Reply(byte value)
    {
        output = value;
        full = true;
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (gate)
        {
            writer.Write(configuration); writer.Write(outputPort); writer.Write(output); writer.Write(command);
            writer.Write(full); writer.Write(lastWasCommand);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (gate)
        {
            configuration = reader.ReadByte(); outputPort = reader.ReadByte(); output = reader.ReadByte(); command = reader.ReadByte();
            full = reader.ReadBoolean(); lastWasCommand = reader.ReadBoolean();
        }
    }
}
