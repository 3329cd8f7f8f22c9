namespace VirtEngine.Chipset;

/// <summary>One counter of an 8254 (Intel 8254 data sheet, 231164): its count and output are functions of the time since it was loaded.</summary>
internal sealed class PitChannel
{
    /// <summary>The PC's timer input, in Hz.</summary>
    internal const long Hertz = 1_193_182;

    /// <summary>Ticks counted in a mode that the gate triggers, until it does: long past the end.</summary>
    private const long Untriggered = 1L << 40;

    private byte mode, access = 3, lowByte, latchedStatus;
    private bool bcd, loaded, gate, writeHigh, readHigh, statusLatched;
    private byte latchedBytes;      // bytes of the latched count not yet read: 0, 1 or 2
    private ushort latched;
    private int reload = 0x10000;
    private long origin;            // machine time of the load, while counting
    private long frozen = -1;       // ticks counted so far while the gate holds the counter still; -1 while counting

    internal PitChannel(bool gate) => this.gate = gate;

    internal bool Gate => gate;

    internal void WriteControl(byte control, long now)
    {
        access = (byte)((control >> 4) & 3);
        mode = (byte)((control >> 1) & 7);
        if (mode > 5) mode -= 4;    // modes 6 and 7 are 2 and 3
        bcd = (control & 1) != 0;
        loaded = writeHigh = readHigh = statusLatched = false;
        latchedBytes = 0;
        reload = Modulus;
        Restart(now);
        if (mode is 1 or 5) frozen = Untriggered;
    }

    internal void LatchCount(long now)
    {
        if (latchedBytes != 0) return;
        latched = Count(now);
        latchedBytes = access == 3 ? (byte)2 : (byte)1;
    }

    internal void LatchStatus(long now)
    {
        if (statusLatched) return;
        statusLatched = true;
        latchedStatus = (byte)((Output(now) ? 0x80 : 0) | (loaded ? 0 : 0x40) | access << 4 | mode << 1 | (bcd ? 1 : 0));
    }

    /// <returns>Whether the count is complete and begins anew.</returns>
    internal bool Write(byte value, long now)
    {
        switch (access)
        {
            case 1: Load(value, now); return true;
            case 2: Load(value << 8, now); return true;
            default:
                writeHigh = !writeHigh;
                if (writeHigh)
                {
                    lowByte = value;
                    if (mode == 0) loaded = false;      // the first byte stops a mode 0 count
                    return false;
                }
                Load(lowByte | value << 8, now);
                return true;
        }
    }

    internal byte Read(long now)
    {
        if (statusLatched) { statusLatched = false; return latchedStatus; }
        ushort count;
        bool high;
        if (latchedBytes != 0)
        {
            count = latched;
            high = access == 2 || (access == 3 && latchedBytes == 1);
            latchedBytes--;
        }
        else
        {
            count = Count(now);
            high = access == 2 || (access == 3 && readHigh);
            if (access == 3) readHigh = !readHigh;
        }
        return (byte)(high ? count >> 8 : count);
    }

    internal void SetGate(bool level, long now)
    {
        if (level == gate) return;
        long counted = Elapsed(now);
        gate = level;
        if (mode is 1 or 5) { if (level) Restart(now); return; }
        if (!level) frozen = counted;
        else if (mode is 2 or 3) Restart(now);
        else { frozen = -1; origin = now - Ticks.ToNanoseconds(counted, Hertz); }
    }

    /// <summary>The OUT pin.</summary>
    internal bool Output(long now)
    {
        if (!loaded) return mode != 0;
        long ticks = Elapsed(now);
        return mode switch
        {
            0 => ticks >= reload,
            1 => ticks >= reload,
            2 => !gate || ticks % reload != reload - 1,
            3 => !gate || ticks % reload < (reload + 1) / 2,
            _ => ticks != reload,
        };
    }

    /// <summary>When OUT rises next, in machine time; <see cref="long.MaxValue"/> if it never does.</summary>
    internal long NextRise(long now)
    {
        if (!loaded || frozen >= 0 || mode is 1 or 5) return long.MaxValue;
        long ticks = Elapsed(now);
        long rise = mode switch
        {
            0 => reload,
            4 => reload + 1,
            _ => (ticks / reload + 1) * reload,
        };
        return ticks < rise ? origin + Ticks.ToNanoseconds(rise, Hertz) : long.MaxValue;
    }

    private void Load(int value, long now)
    {
        if (bcd) value = FromBcd(value);
        reload = value == 0 ? Modulus : value;
        // In modes 2 and 3 a new count would wait for the end of the period; starting anew at once differs by less than one period.
        loaded = true;
        if (mode is not (1 or 5)) Restart(now);
    }

    private int Modulus => bcd ? 10_000 : 0x10000;

    private void Restart(long now)
    {
        origin = now;
        frozen = gate || mode is 1 or 5 ? -1 : 0;
    }

    private long Elapsed(long now) => frozen >= 0 ? frozen : Ticks.FromNanoseconds(Math.Max(0, now - origin), Hertz);

    private ushort Count(long now)
    {
        long ticks = Elapsed(now);
        long count = mode switch
        {
            2 => reload - ticks % reload,
            3 => reload - 2 * ticks % reload,
            _ => ((reload - ticks) % Modulus + Modulus) % Modulus,
        } % Modulus;
        return (ushort)(bcd ? ToBcd((int)count) : count);
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
        writer.Write(mode); writer.Write(access); writer.Write(lowByte); writer.Write(latchedStatus); writer.Write(bcd);
        writer.Write(loaded); writer.Write(gate); writer.Write(writeHigh); writer.Write(readHigh); writer.Write(statusLatched);
        writer.Write(latchedBytes); writer.Write(latched); writer.Write(reload); writer.Write(origin); writer.Write(frozen);
    }

    internal void Load(BinaryReader reader)
    {
        mode = reader.ReadByte(); access = reader.ReadByte(); lowByte = reader.ReadByte(); latchedStatus = reader.ReadByte();
        bcd = reader.ReadBoolean(); loaded = reader.ReadBoolean(); gate = reader.ReadBoolean(); writeHigh = reader.ReadBoolean();
        readHigh = reader.ReadBoolean(); statusLatched = reader.ReadBoolean(); latchedBytes = reader.ReadByte();
        latched = reader.ReadUInt16(); reload = reader.ReadInt32(); origin = reader.ReadInt64(); frozen = reader.ReadInt64();
        if (mode > 5 || access > 3 || latchedBytes > 2) throw new InvalidDataException($"pit: mode {mode}, access {access}, latch {latchedBytes}.");
        if (reload < 1 || reload > Modulus) throw new InvalidDataException($"pit: a count of {reload}.");
    }
}
