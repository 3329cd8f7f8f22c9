namespace VirtEngine.Nvme;

/// <summary>The features that a guest can get and set (NVM Express 1.4, 5.21.1), but for the number of queues.</summary>
internal sealed class NvmeFeatures
{
    private const byte VolatileWriteCache = 0x06, InterruptVector = 0x09;
    private const uint CoalescingDisabled = 1 << 16;

    // Interrupt coalescing and arbitration are wishes: they are kept, and nothing is late or early for them.
    private static readonly (byte Id, uint Initial, uint Writable)[] Table =
    [
        (0x01, 0, 0xFFFF_FF07),         // arbitration
        (0x02, 0, 0),                   // power management: one state
        (0x04, 343, 0xFFFF),            // temperature threshold
        (0x05, 0, 0xFFFF),              // error recovery
        (VolatileWriteCache, 1, 1),
        (0x08, 0, 0xFFFF),              // interrupt coalescing
        (0x0A, 0, 1),                   // write atomicity
        (0x0B, 0, 0xFF),                // asynchronous event configuration
    ];

    private readonly uint[] _values = new uint[Table.Length];
    private readonly int _vectors;
    private ulong _coalescingDisabled;

    internal NvmeFeatures(int vectors)
    {
        _vectors = vectors;
        Reset();
    }

    /// <summary>Whether writes need not be durable before a flush.</summary>
    internal bool HasWriteCache => _values[IndexOf(VolatileWriteCache)] != 0;

    /// <summary>Back to what they are after power-up.</summary>
    internal void Reset()
    {
        for (int i = 0; i < Table.Length; i++) _values[i] = Table[i].Initial;
        _coalescingDisabled = 0;
    }

    /// <summary>Reads a feature.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="select">0 for the current value, 1 for the initial, 2 for the saved one, 3 for what can be done with it.</param>
    /// <param name="argument">Dword 11.</param>
    /// <param name="value">Dword 0 of the completion.</param>
    internal NvmeStatus Get(byte id, uint select, uint argument, out uint value)
    {
        value = 0;
        if (select > 3) return NvmeStatus.InvalidField;
        if (id == InterruptVector)
        {
            uint vector = argument & 0xFFFF;
            if (vector >= _vectors) return NvmeStatus.InvalidField;
            bool disabled = select == 0 && (_coalescingDisabled >> (int)vector & 1) != 0;
            value = select == 3 ? 4 : vector | (disabled ? CoalescingDisabled : 0);
            return NvmeStatus.Success;
        }
        int index = IndexOf(id);
        if (index < 0) return NvmeStatus.InvalidField;
        value = select switch
        {
            0 => _values[index],
            3 => Table[index].Writable != 0 ? 4u : 0,       // changeable
            _ => Table[index].Initial,
        };
        return NvmeStatus.Success;
    }

    /// <summary>Writes a feature.</summary>
    internal NvmeStatus Set(byte id, uint value)
    {
        if (id == InterruptVector)
        {
            int vector = (int)(value & 0xFFFF);
            if (vector >= _vectors) return NvmeStatus.InvalidField;
            ulong bit = 1ul << vector;
            _coalescingDisabled = (value & CoalescingDisabled) != 0 ? _coalescingDisabled | bit : _coalescingDisabled & ~bit;
            return NvmeStatus.Success;
        }
        int index = IndexOf(id);
        if (index < 0) return NvmeStatus.InvalidField;
        if (Table[index].Writable == 0) return value == Table[index].Initial ? NvmeStatus.Success : NvmeStatus.InvalidField;
        _values[index] = value & Table[index].Writable;
        return NvmeStatus.Success;
    }

    private static int IndexOf(byte id)
    {
        for (int i = 0; i < Table.Length; i++)
            if (Table[i].Id == id) return i;
        return -1;
    }

    internal void Save(BinaryWriter writer)
    {
        foreach (uint value in _values) writer.Write(value);
        writer.Write(_coalescingDisabled);
    }

    internal void Load(BinaryReader reader)
    {
        for (int i = 0; i < Table.Length; i++) _values[i] = reader.ReadUInt32() & (Table[i].Writable | Table[i].Initial);
        _coalescingDisabled = reader.ReadUInt64();
    }
}
