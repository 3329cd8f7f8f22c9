using System.Numerics;

namespace VirtEngine.Chipset;

/// <summary>One 8259A interrupt controller (Intel 8259A data sheet, 231468), in 8086 mode, with the edge/level register of the PC.</summary>
internal sealed class Pic8259
{
    private byte _lines, _requests, _inService, _mask = 0xFF, _vectorBase, _lowest = 7;
    private byte _initialization;    // 0: ready; else the number of the initialisation word that comes next
    private bool _needsIcw4, _single, _autoEoi, _rotateOnAutoEoi, _readInService, _poll, _specialMask, _fullyNested;

    /// <summary>The line of a slave, whose interrupts pass while one of them is in service in special fully nested mode; -1 for none.</summary>
    internal int CascadeLine { get; init; } = -1;

    /// <summary>Bits of the edge/level register that can be set.</summary>
    internal byte LevelWritable { get; init; }

    /// <summary>ELCR: a set bit makes its line level-triggered.</summary>
    internal byte Level { get; private set; }

    internal byte Mask => _mask;

    internal byte VectorBase => _vectorBase;

    internal void WriteLevel(byte value) => Level = (byte)(value & LevelWritable);

    internal void SetLine(int line, bool level)
    {
        byte bit = (byte)(1 << line);
        // A request that falls before it is taken is gone, for edges too (data sheet, "Interrupt Sequence").
        if (!level) _requests &= (byte)~bit;
        else if ((Level & bit) != 0 || (_lines & bit) == 0) _requests |= bit;
        _lines = level ? (byte)(_lines | bit) : (byte)(_lines & ~bit);
    }

    /// <summary>The line that asks for service now; -1 if none does.</summary>
    internal int Pending()
    {
        int waiting = Rank((byte)(_requests & ~_mask));
        if (waiting == 8) return -1;
        int serving = _inService;
        if (_specialMask) serving &= ~_mask;
        int limit = Rank((byte)serving);
        // A slave in service holds back what is less urgent than it, but not its own more urgent lines.
        if (_fullyNested && limit < 8 && LineOf(limit) == CascadeLine) limit++;
        return waiting < limit ? LineOf(waiting) : -1;
    }

    /// <summary>The processor takes the interrupt.</summary>
    internal void Acknowledge(int line)
    {
        byte bit = (byte)(1 << line);
        if (!_autoEoi) _inService |= bit;
        else if (_rotateOnAutoEoi) _lowest = (byte)line;
        if ((Level & bit) == 0) _requests &= (byte)~bit;
    }

    internal byte ReadCommand()
    {
        if (!_poll) return _readInService ? _inService : _requests;
        _poll = false;
        int line = Pending();
        if (line < 0) return 0;
        Acknowledge(line);
        return (byte)(0x80 | line);
    }

    internal void WriteCommand(byte value)
    {
        if ((value & 0x10) != 0) BeginInitialization(value);
        else if ((value & 0x08) != 0) WriteOcw3(value);
        else WriteOcw2(value);
    }

    internal void WriteData(byte value)
    {
        switch (_initialization)
        {
            case 2:
                _vectorBase = (byte)(value & 0xF8);
                _initialization = _single ? (byte)(_needsIcw4 ? 4 : 0) : (byte)3;
                break;
            case 3:     // the wiring of the cascade is fixed on a PC
                _initialization = _needsIcw4 ? (byte)4 : (byte)0;
                break;
            case 4:
                _autoEoi = (value & 2) != 0;
                _fullyNested = (value & 0x10) != 0;
                _initialization = 0;
                break;
            default:
                _mask = value;
                break;
        }
    }

    private void BeginInitialization(byte icw1)
    {
        _needsIcw4 = (icw1 & 1) != 0;
        _single = (icw1 & 2) != 0;
        _initialization = 2;
        _requests &= Level;      // edges are forgotten, levels stay
        _lines &= Level;
        _inService = _mask = 0;
        _lowest = 7;
        _autoEoi = _rotateOnAutoEoi = _readInService = _poll = _specialMask = _fullyNested = false;
    }

    private void WriteOcw3(byte value)
    {
        if ((value & 4) != 0) _poll = true;
        if ((value & 2) != 0) _readInService = (value & 1) != 0;
        if ((value & 0x40) != 0) _specialMask = (value & 0x20) != 0;
    }

    private void WriteOcw2(byte value)
    {
        int line = value & 7;
        switch (value >> 5)
        {
            case 0: _rotateOnAutoEoi = false; break;
            case 4: _rotateOnAutoEoi = true; break;
            case 1: EndHighest(rotate: false); break;
            case 5: EndHighest(rotate: true); break;
            case 3: _inService &= (byte)~(1 << line); break;
            case 6: _lowest = (byte)line; break;
            case 7: _inService &= (byte)~(1 << line); _lowest = (byte)line; break;
        }
    }

    private void EndHighest(bool rotate)
    {
        int rank = Rank(_inService);
        if (rank == 8) return;
        int line = LineOf(rank);
        _inService &= (byte)~(1 << line);
        if (rotate) _lowest = (byte)line;
    }

    /// <summary>Rank of the most urgent set bit, 0 first; 8 if there is none.</summary>
    private int Rank(byte bits)
    {
        int first = (_lowest + 1) & 7;
        int turned = ((bits >> first) | (bits << (8 - first))) & 0xFF;
        return turned == 0 ? 8 : BitOperations.TrailingZeroCount(turned);
    }

    private int LineOf(int rank) => (rank + _lowest + 1) & 7;

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_lines); writer.Write(_requests); writer.Write(_inService); writer.Write(_mask); writer.Write(_vectorBase);
        writer.Write(_lowest); writer.Write(_initialization); writer.Write(Level);
        writer.Write(_needsIcw4); writer.Write(_single); writer.Write(_autoEoi); writer.Write(_rotateOnAutoEoi);
        writer.Write(_readInService); writer.Write(_poll); writer.Write(_specialMask); writer.Write(_fullyNested);
    }

    internal void Load(BinaryReader reader)
    {
        _lines = reader.ReadByte(); _requests = reader.ReadByte(); _inService = reader.ReadByte(); _mask = reader.ReadByte();
        _vectorBase = (byte)(reader.ReadByte() & 0xF8);
        _lowest = (byte)(reader.ReadByte() & 7);
        _initialization = reader.ReadByte();
        if (_initialization is 1 or > 4) throw new InvalidDataException($"pic: initialisation word {_initialization} cannot come next.");
        WriteLevel(reader.ReadByte());
        _needsIcw4 = reader.ReadBoolean(); _single = reader.ReadBoolean(); _autoEoi = reader.ReadBoolean();
        _rotateOnAutoEoi = reader.ReadBoolean(); _readInService = reader.ReadBoolean(); _poll = reader.ReadBoolean();
        _specialMask = reader.ReadBoolean(); _fullyNested = reader.ReadBoolean();
    }
}
