using System.Buffers.Binary;
using VirtEngine.Bus;

namespace VirtEngine.Pci;

/// <summary>
/// A function's MSI-X table and pending bits (PCI Local Bus 3.0, 6.8.2). The table lies at the start of its range, the pending bits at
/// <see cref="PendingOffset"/>. The owner holds its lock around every call.
/// </summary>
internal sealed class MsiX
{
    internal const byte CapabilityId = 0x11;

    /// <summary>Offset of the pending bits in the range.</summary>
    internal const int PendingOffset = 0x800;

    /// <summary>Bytes of the range.</summary>
    internal const int RangeSize = 0x1000;

    /// <summary>Vectors whose table and pending bits fit the range.</summary>
    internal const int MaximumVectors = 64;

    private const int EntrySize = 16;
    private const ushort Enable = 1 << 15, FunctionMask = 1 << 14;

    private readonly IMsiTarget _target;
    private readonly byte[] _table;
    private ulong _pending;
    private ushort _control;

    internal MsiX(IMsiTarget target, int vectors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vectors, MaximumVectors);
        _target = target;
        Vectors = vectors;
        _table = new byte[vectors * EntrySize];
        for (int i = 0; i < vectors; i++) _table[i * EntrySize + 12] = 1;        // masked
    }

    internal int Vectors { get; }

    /// <summary>Whether the guest uses it in place of INTx.</summary>
    internal bool Enabled => (_control & Enable) != 0;

    /// <summary>The capability's body for a range at <paramref name="offset"/> of a BAR.</summary>
    internal byte[] CapabilityBody(int bar, uint offset)
    {
        byte[] body = new byte[10];
        BinaryPrimitives.WriteUInt16LittleEndian(body, (ushort)(Vectors - 1));
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(2), offset | (uint)bar);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(6), (offset + PendingOffset) | (uint)bar);
        return body;
    }

    /// <summary>Bits of the capability's body that a guest can change.</summary>
    internal static ReadOnlySpan<byte> CapabilityWritable => [0, (Enable | FunctionMask) >> 8];

    /// <summary>The guest wrote the message control register.</summary>
    internal void SetControl(ushort value)
    {
        _control = (ushort)(value & (Enable | FunctionMask));
        for (int vector = 0; _pending != 0 && vector < Vectors; vector++) DeliverPending(vector);
    }

    /// <summary>Sends a vector's message, or keeps it pending while masked.</summary>
    internal void Raise(int vector)
    {
        if ((uint)vector >= (uint)Vectors || !Enabled) return;
        if (IsMasked(vector)) _pending |= 1ul << vector;
        else Send(vector);
    }

    internal ulong Read(int offset, int size)
    {
        if (offset >= PendingOffset) return offset - PendingOffset is var at && at < 8 ? (_pending >> 8 * at) & ulong.MaxValue >> (64 - 8 * size) : 0;
        ulong value = 0;
        for (int i = 0; i < size && offset + i < _table.Length; i++) value |= (ulong)_table[offset + i] << 8 * i;
        return value;
    }

    /// <summary>Takes a store of 4 or 8 aligned bytes; others are undefined and lost.</summary>
    internal void Write(int offset, int size, ulong value)
    {
        if (size < 4 || (offset & size - 1) != 0 || offset + size > _table.Length) return;
        if (size == 8) BinaryPrimitives.WriteUInt64LittleEndian(_table.AsSpan(offset), value);
        else BinaryPrimitives.WriteUInt32LittleEndian(_table.AsSpan(offset), (uint)value);
        DeliverPending(offset / EntrySize);
    }

    private bool IsMasked(int vector) => (_control & FunctionMask) != 0 || (_table[vector * EntrySize + 12] & 1) != 0;

    private void DeliverPending(int vector)
    {
        ulong bit = 1ul << vector;
        if ((_pending & bit) == 0 || !Enabled || IsMasked(vector)) return;
        _pending &= ~bit;
        Send(vector);
    }

    private void Send(int vector)
    {
        var entry = _table.AsSpan(vector * EntrySize);
        ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry) & ~3ul;
        // Elsewhere the message would be an ordinary write to memory: no system asks for that, and a hostile one does not get it.
        if (address >> 20 == 0xFEE) _target.SendMsi(address, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_table);
        writer.Write(_pending);
    }

    internal void Load(BinaryReader reader)
    {
        reader.ReadExactly(_table);
        _pending = reader.ReadUInt64() & ulong.MaxValue >> (64 - Vectors);
    }
}
