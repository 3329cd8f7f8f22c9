using System.Numerics;

namespace VirtEngine.Chipset;

/// <summary>One 8259A interrupt controller (Intel 8259A data sheet, 231468), in 8086 mode, with the edge/level register of the PC.</summary>
internal sealed class Pic8259
{
    private byte lines, requests, inService, mask = 0xFF, vectorBase, lowest = 7;
    private byte initialization;    // 0: ready; else the number of the initialisation word that comes next
    private bool needsIcw4, single, autoEoi, rotateOnAutoEoi, readInService, poll, specialMask, fullyNested;

    /// <summary>The line of a slave, whose interrupts pass while one of them is in service in special fully nested mode; -1 for none.</summary>
    internal int CascadeLine { get; init; } = -1;

    /// <summary>Bits of the edge/level register that can be set.</summary>
    internal byte LevelWritable { get; init; }

    /// <summary>ELCR: a set bit makes its line level-triggered.</summary>
    internal byte Level { get; private set; }

    internal byte Mask => mask;

    internal byte VectorBase => vectorBase;

    internal void WriteLevel(byte value) => Level = (byte)(value & LevelWritable);

    internal void SetLine(int line, bool level)
    {
        byte bit = (byte)(1 << line);
        // A request that falls before it is taken is gone, for edges too (data sheet, "Interrupt Sequence").
        if (!level) requests &= (byte)~bit;
        else if ((Level & bit) != 0 || (lines & bit) == 0) requests |= bit;
        lines = level ? (byte)(lines | bit) : (byte)(lines & ~bit);
    }

    /// <summary>The line that asks for service now; -1 if none does.</summary>
    internal int Pending()
    {
        int waiting = Rank((byte)(requests & ~mask));
        if (waiting == 8) return -1;
        int serving = inService;
        if (specialMask) serving &= ~mask;
        int limit = Rank((byte)serving);
        // A slave in service holds back what is less urgent than it, but not its own more urgent lines.
        if (fullyNested && limit < 8 && LineOf(limit) == CascadeLine) limit++;
        return waiting < limit ? LineOf(waiting) : -1;
    }

    /// <summary>The processor takes the interrupt.</summary>
    internal void Acknowledge(int line)
    {
        byte bit = (byte)(1 << line);
        if (!autoEoi) inService |= bit;
        else if (rotateOnAutoEoi) lowest = (byte)line;
        if ((Level & bit) == 0) requests &= (byte)~bit;
    }

    internal byte ReadCommand()
    {
        if (!poll) return readInService ? inService : requests;
        poll = false;
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
        switch (initialization)
        {
            case 2:
                vectorBase = (byte)(value & 0xF8);
                initialization = single ? (byte)(needsIcw4 ? 4 : 0) : (byte)3;
                break;
            case 3:     // the wiring of the cascade is fixed on a PC
                initialization = needsIcw4 ? (byte)4 : (byte)0;
                break;
            case 4:
                autoEoi = (value & 2) != 0;
                fullyNested = (value & 0x10) != 0;
                initialization = 0;
                break;
            default:
                mask = value;
                break;
        }
    }

    private void BeginInitialization(byte icw1)
    {
        needsIcw4 = (icw1 & 1) != 0;
        single = (icw1 & 2) != 0;
        initialization = 2;
        requests &= Level;      // edges are forgotten, levels stay
        lines &= Level;
        inService = mask = 0;
        lowest = 7;
        autoEoi = rotateOnAutoEoi = readInService = poll = specialMask = fullyNested = false;
    }

    private void WriteOcw3(byte value)
    {
        if ((value & 4) != 0) poll = true;
        if ((value & 2) != 0) readInService = (value & 1) != 0;
        if ((value & 0x40) != 0) specialMask = (value & 0x20) != 0;
    }

    private void WriteOcw2(byte value)
    {
        int line = value & 7;
        switch (value >> 5)
        {
            case 0: rotateOnAutoEoi = false; break;
            case 4: rotateOnAutoEoi = true; break;
            case 1: EndHighest(rotate: false); break;
            case 5: EndHighest(rotate: true); break;
            case 3: inService &= (byte)~(1 << line); break;
            case 6: lowest = (byte)line; break;
            case 7: inService &= (byte)~(1 << line); lowest = (byte)line; break;
        }
    }

    private void EndHighest(bool rotate)
    {
        int rank = Rank(inService);
        if (rank == 8) return;
        int line = LineOf(rank);
        inService &= (byte)~(1 << line);
        if (rotate) lowest = (byte)line;
    }

    /// <summary>Rank of the most urgent set bit, 0 first; 8 if there is none.</summary>
    private int Rank(byte bits)
    {
        int first = (lowest + 1) & 7;
        int turned = ((bits >> first) | (bits << (8 - first))) & 0xFF;
        return turned == 0 ? 8 : BitOperations.TrailingZeroCount(turned);
    }

    private int LineOf(int rank) => (rank + lowest + 1) & 7;

    internal void Save(BinaryWriter writer)
    {
        writer.Write(lines); writer.Write(requests); writer.Write(inService); writer.Write(mask); writer.Write(vectorBase);
        writer.Write(lowest); writer.Write(initialization); writer.Write(Level);
        writer.Write(needsIcw4); writer.Write(single); writer.Write(autoEoi); writer.Write(rotateOnAutoEoi);
        writer.Write(readInService); writer.Write(poll); writer.Write(specialMask); writer.Write(fullyNested);
    }

    internal void Load(BinaryReader reader)
    {
        lines = reader.ReadByte(); requests = reader.ReadByte(); inService = reader.ReadByte(); mask = reader.ReadByte();
        vectorBase = (byte)(reader.ReadByte() & 0xF8);
        lowest = (byte)(reader.ReadByte() & 7);
        initialization = reader.ReadByte();
        if (initialization is 1 or > 4) throw new InvalidDataException($"pic: initialisation word {initialization} cannot come next.");
        WriteLevel(reader.ReadByte());
        needsIcw4 = reader.ReadBoolean(); single = reader.ReadBoolean(); autoEoi = reader.ReadBoolean();
        rotateOnAutoEoi = reader.ReadBoolean(); readInService = reader.ReadBoolean(); poll = reader.ReadBoolean();
        specialMask = reader.ReadBoolean(); fullyNested = reader.ReadBoolean();
    }
}
