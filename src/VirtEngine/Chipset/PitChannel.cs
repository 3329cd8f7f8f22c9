namespace VirtEngine.Chipset;

/// <summary>One counter of an 8254 (Intel 8254 data sheet, 231164): its count and output are functions of the time since it was loaded.</summary>
internal sealed class PitChannel
{
    /// <summary>The PC's timer input, in Hz.</summary>
    internal const long Hertz = 1_193_182;

    /// <summary>Ticks counted in a mode that the gate triggers, until it does: long past the end.</summary>
    private const long Untriggered = 1L << 40;

    private byte _mode, _access = 3, _lowByte, _latchedStatus;
    private bool _bcd, _loaded, _gate, _writeHigh, _readHigh, _statusLatched;
    private byte _latchedBytes;      // bytes of the latched count not yet read: 0, 1 or 2
    private ushort _latched;
    private int _reload = 0x10000;
    private long _origin;            // machine time of the load, while counting
    private long _frozen = -1;       // ticks counted so far while the gate holds the counter still; -1 while counting

    internal PitChannel(bool gate) => _gate = gate;

    internal bool Gate => _gate;

    internal void WriteControl(byte control, long now)
    {
        _access = (byte)((control >> 4) & 3);
        _mode = (byte)((control >> 1) & 7);
        if (_mode > 5) _mode -= 4;    // modes 6 and 7 are 2 and 3
        _bcd = (control & 1) != 0;
        _loaded = _writeHigh = _readHigh = _statusLatched = false;
        _latchedBytes = 0;
        _reload = Modulus;
        Restart(now);
        if (_mode is 1 or 5) _frozen = Untriggered;
    }

    internal void LatchCount(long now)
    {
        if (_latchedBytes != 0) return;
        _latched = Count(now);
        _latchedBytes = _access == 3 ? (byte)2 : (byte)1;
    }

    internal void LatchStatus(long now)
    {
        if (_statusLatched) return;
        _statusLatched = true;
        _latchedStatus = (byte)((Output(now) ? 0x80 : 0) | (_loaded ? 0 : 0x40) | _access << 4 | _mode << 1 | (_bcd ? 1 : 0));
    }

    /// <returns>Whether the count is complete and begins anew.</returns>
    internal bool Write(byte value, long now)
    {
        switch (_access)
        {
            case 1: Load(value, now); return true;
            case 2: Load(value << 8, now); return true;
            default:
                _writeHigh = !_writeHigh;
                if (_writeHigh)
                {
                    _lowByte = value;
                    if (_mode == 0) _loaded = false;      // the first byte stops a mode 0 count
                    return false;
                }
                Load(_lowByte | value << 8, now);
                return true;
        }
    }

    internal byte Read(long now)
    {
        if (_statusLatched) { _statusLatched = false; return _latchedStatus; }
        ushort count;
        bool high;
        if (_latchedBytes != 0)
        {
            count = _latched;
            high = _access == 2 || (_access == 3 && _latchedBytes == 1);
            _latchedBytes--;
        }
        else
        {
            count = Count(now);
            high = _access == 2 || (_access == 3 && _readHigh);
            if (_access == 3) _readHigh = !_readHigh;
        }
        return (byte)(high ? count >> 8 : count);
    }

    internal void SetGate(bool level, long now)
    {
        if (level == _gate) return;
        long counted = Elapsed(now);
        _gate = level;
        if (_mode is 1 or 5) { if (level) Restart(now); return; }
        if (!level) _frozen = counted;
        else if (_mode is 2 or 3) Restart(now);
        else { _frozen = -1; _origin = now - Ticks.ToNanoseconds(counted, Hertz); }
    }

    /// <summary>The OUT pin.</summary>
    internal bool Output(long now)
    {
        if (!_loaded) return _mode != 0;
        long ticks = Elapsed(now);
        return _mode switch
        {
            0 => ticks >= _reload,
            1 => ticks >= _reload,
            2 => !_gate || ticks % _reload != _reload - 1,
            3 => !_gate || ticks % _reload < (_reload + 1) / 2,
            _ => ticks != _reload,
        };
    }

    /// <summary>When OUT rises next, in machine time; <see cref="long.MaxValue"/> if it never does.</summary>
    internal long NextRise(long now)
    {
        if (!_loaded || _frozen >= 0 || _mode is 1 or 5) return long.MaxValue;
        long ticks = Elapsed(now);
        long rise = _mode switch
        {
            0 => _reload,
            4 => _reload + 1,
            _ => (ticks / _reload + 1) * _reload,
        };
        return ticks < rise ? _origin + Ticks.ToNanoseconds(rise, Hertz) : long.MaxValue;
    }

    private void Load(int value, long now)
    {
        if (_bcd) value = FromBcd(value);
        _reload = value == 0 ? Modulus : value;
        // In modes 2 and 3 a new count would wait for the end of the period; starting anew at once differs by less than one period.
        _loaded = true;
        if (_mode is not (1 or 5)) Restart(now);
    }

    private int Modulus => _bcd ? 10_000 : 0x10000;

    private void Restart(long now)
    {
        _origin = now;
        _frozen = _gate || _mode is 1 or 5 ? -1 : 0;
    }

    private long Elapsed(long now) => _frozen >= 0 ? _frozen : Ticks.FromNanoseconds(Math.Max(0, now - _origin), Hertz);

    private ushort Count(long now)
    {
        long ticks = Elapsed(now);
        long count = _mode switch
        {
            2 => _reload - ticks % _reload,
            3 => _reload - 2 * ticks % _reload,
            _ => ((_reload - ticks) % Modulus + Modulus) % Modulus,
        } % Modulus;
        return (ushort)(_bcd ? ToBcd((int)count) : count);
    }

    private static int FromBcd(int value)
    {
        int result = 0;
        for (int shift = 12; shift >= 0; shift -= 4) result = result * 10 + Math.Min(9, (value >> shift) & 15);
        return result;
    }

    private static int ToBcd(int value)
    {
        int result = 0;
        for (int shift = 0; shift < 16; shift += 4, value /= 10) result |= value % 10 << shift;
        return result;
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_mode); writer.Write(_access); writer.Write(_lowByte); writer.Write(_latchedStatus); writer.Write(_bcd);
        writer.Write(_loaded); writer.Write(_gate); writer.Write(_writeHigh); writer.Write(_readHigh); writer.Write(_statusLatched);
        writer.Write(_latchedBytes); writer.Write(_latched); writer.Write(_reload); writer.Write(_origin); writer.Write(_frozen);
    }

    internal void Load(BinaryReader reader)
    {
        _mode = reader.ReadByte(); _access = reader.ReadByte(); _lowByte = reader.ReadByte(); _latchedStatus = reader.ReadByte();
        _bcd = reader.ReadBoolean(); _loaded = reader.ReadBoolean(); _gate = reader.ReadBoolean(); _writeHigh = reader.ReadBoolean();
        _readHigh = reader.ReadBoolean(); _statusLatched = reader.ReadBoolean(); _latchedBytes = reader.ReadByte();
        _latched = reader.ReadUInt16(); _reload = reader.ReadInt32(); _origin = reader.ReadInt64(); _frozen = reader.ReadInt64();
        if (_mode > 5 || _access > 3 || _latchedBytes > 2) throw new InvalidDataException($"pit: mode {_mode}, access {_access}, latch {_latchedBytes}.");
        if (_reload < 1 || _reload > Modulus) throw new InvalidDataException($"pit: a count of {_reload}.");
    }
}
