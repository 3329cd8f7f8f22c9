using System.Buffers.Binary;

namespace VirtEngine.Acpi;

/// <summary>Builds resource descriptors for <c>_CRS</c> (ACPI 6.5, 6.4).</summary>
internal static class AmlResource
{
    private const byte MemoryRange = 0, IoRange = 1, BusRange = 2;

    /// <summary>A resource template: descriptors and the end tag.</summary>
    internal static byte[] Template(params byte[][] descriptors) => Aml.Buffer([.. descriptors.SelectMany(d => d), 0x79, 0x00]);

    /// <summary>Ports that decode 16 bits of address.</summary>
    internal static byte[] Io(ushort first, byte count) => [0x47, 0x01, (byte)first, (byte)(first >> 8), (byte)first, (byte)(first >> 8), 0x01, count];

    /// <summary>An ISA interrupt: active high, edge-triggered.</summary>
    internal static byte[] Irq(int line) => [0x22, (byte)(1 << line), (byte)(1 << line >> 8)];

    /// <summary>A fixed range of memory.</summary>
    internal static byte[] Memory32Fixed(uint address, uint length)
    {
        byte[] bytes = [0x86, 0x09, 0x00, 0x01, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), length);
        return bytes;
    }

    /// <summary>Bus numbers that a bridge produces.</summary>
    internal static byte[] WordBusNumber(ushort first, ushort last) => Word(BusRange, 0, first, last);

    /// <summary>Ports that a bridge passes on.</summary>
    internal static byte[] WordIo(ushort first, ushort last) => Word(IoRange, 3, first, last);

    /// <summary>Memory below 4 GiB that a bridge passes on.</summary>
    internal static byte[] DwordMemory(uint first, uint last)
    {
        byte[] bytes = [0x87, 23, 0, MemoryRange, 0x0C, 0x01, .. new byte[20]];
        Span<uint> fields = [0, first, last, 0, last - first + 1];
        for (int i = 0; i < fields.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(6 + 4 * i), fields[i]);
        return bytes;
    }

    /// <summary>Memory that a bridge passes on, anywhere; cacheable, for prefetchable ranges.</summary>
    internal static byte[] QwordMemory(ulong first, ulong last)
    {
        byte[] bytes = [0x8A, 43, 0, MemoryRange, 0x0C, 0x03, .. new byte[40]];
        Span<ulong> fields = [0, first, last, 0, last - first + 1];
        for (int i = 0; i < fields.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(6 + 8 * i), fields[i]);
        return bytes;
    }

    private static byte[] Word(byte kind, byte flags, ushort first, ushort last)
    {
        byte[] bytes = [0x88, 13, 0, kind, 0x0C, flags, .. new byte[10]];
        Span<ushort> fields = [0, first, last, 0, (ushort)(last - first + 1)];
        for (int i = 0; i < fields.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6 + 2 * i), fields[i]);
        return bytes;
    }
}
