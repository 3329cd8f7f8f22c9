using System.Buffers.Binary;

namespace VirtEngine.Tests.Nvme;

/// <summary>A submission queue entry as a driver writes it.</summary>
internal readonly record struct NvmeEntry
{
    public byte Opcode { get; init; }

    public byte Flags { get; init; }

    public uint Namespace { get; init; }

    public ulong Data1 { get; init; }

    public ulong Data2 { get; init; }

    public uint Dword10 { get; init; }

    public uint Dword11 { get; init; }

    public uint Dword12 { get; init; }

    public uint Dword13 { get; init; }

    /// <summary>A read or write of blocks by PRP.</summary>
    internal static NvmeEntry Transfer(bool write, ulong block, int count, ulong data, ulong more = 0, uint space = 1) => new()
    {
        Opcode = write ? (byte)1 : (byte)2, Namespace = space, Data1 = data, Data2 = more,
        Dword10 = (uint)block, Dword11 = (uint)(block >> 32), Dword12 = (uint)(count - 1),
    };

    internal void WriteTo(Span<byte> entry, ushort id)
    {
        entry.Clear();
        entry[0] = Opcode;
        entry[1] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], id);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Namespace);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], Data1);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], Data2);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[40..], Dword10);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[44..], Dword11);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[48..], Dword12);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[52..], Dword13);
    }
}
