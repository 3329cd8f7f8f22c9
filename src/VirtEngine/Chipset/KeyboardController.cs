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

    private readonly Lock _gate = new();
    private byte _configuration = 0x34;      // both ports disabled, self-test passed
    private byte _outputPort = 0x03;         // not in reset, A20 open
    private byte _output, _command;
    private bool _full, _lastWasCommand;

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
        lock (_gate)
        {
            if (port == PortA) return A20;
            if (port == Command)
                return (uint)(Unlocked | _configuration & SystemFlag | (_full ? OutputFull : 0) | (_lastWasCommand ? LastWasCommand : 0));
            _full = false;
            return _output;
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        string? reset = null;
        lock (_gate)
        {
            if (port == PortA) reset = (value & 1) != 0 ? "port 92h" : null;
            else if (port == Command) reset = WriteCommand((byte)value);
            else reset = WriteData((byte)value);
        }
        if (reset != null) power.RequestReset(reset);
    }

    private string? WriteCommand(byte value)
    {
        _lastWasCommand = true;
        _command = 0;
        switch (value)
        {
            case 0x20: Reply(_configuration); break;
            case 0x60 or 0xD1 or 0xD2 or 0xD3 or 0xD4: _command = value; break;      // their byte follows at 60h
            case 0xA7: _configuration |= 0x20; break;
            case 0xA8: _configuration &= 0xDF; break;
            case 0xA9: Reply(2); break;             // no second port: its clock line is stuck high
            case 0xAA: _configuration |= SystemFlag; Reply(0x55); break;
            case 0xAB: Reply(0); break;
            case 0xAD: _configuration |= 0x10; break;
            case 0xAE: _configuration &= 0xEF; break;
            case 0xC0: Reply(0x80); break;
            case 0xD0: Reply(_outputPort); break;
            case >= 0xF0 when (value & 1) == 0: return "the keyboard controller";       // pulses the reset line
        }
        return null;
    }

    private string? WriteData(byte value)
    {
        _lastWasCommand = false;
        byte waiting = _command;
        _command = 0;
        switch (waiting)
        {
            case 0x60: _configuration = value; break;
            case 0xD1:
                _outputPort = (byte)(value | A20);
                return (value & 1) == 0 ? "the keyboard controller" : null;
            case 0xD2: Reply(value); break;
        }
        return null;        // bytes for keyboard and mouse find nobody: no acknowledgement comes
    }

    private void Reply(byte value)
    {
        _output = value;
        _full = true;
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_configuration); writer.Write(_outputPort); writer.Write(_output); writer.Write(_command);
            writer.Write(_full); writer.Write(_lastWasCommand);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            _configuration = reader.ReadByte(); _outputPort = reader.ReadByte(); _output = reader.ReadByte(); _command = reader.ReadByte();
            _full = reader.ReadBoolean(); _lastWasCommand = reader.ReadBoolean();
        }
    }
}
