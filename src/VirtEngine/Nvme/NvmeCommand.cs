using System.Runtime.InteropServices;

namespace VirtEngine.Nvme;

/// <summary>A submission queue entry (NVM Express 1.4, 4.2).</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal readonly struct NvmeCommand
{
    internal const int Size = 64;

    [FieldOffset(0)] internal readonly byte Opcode;
    [FieldOffset(1)] internal readonly byte Flags;
    [FieldOffset(2)] internal readonly ushort Id;
    [FieldOffset(4)] internal readonly uint Namespace;
    [FieldOffset(24)] internal readonly ulong Data1;
    [FieldOffset(32)] internal readonly ulong Data2;
    [FieldOffset(40)] internal readonly uint Dword10;
    [FieldOffset(44)] internal readonly uint Dword11;
    [FieldOffset(48)] internal readonly uint Dword12;
    [FieldOffset(52)] internal readonly uint Dword13;
    [FieldOffset(56)] internal readonly uint Dword14;
    [FieldOffset(60)] internal readonly uint Dword15;

    /// <summary>Whether it belongs to a pair that is done as one.</summary>
    internal bool IsFused => (Flags & 3) != 0;

    /// <summary>How its data is described: 0 for PRP, 1 or 2 for SGL.</summary>
    internal int DataPointerKind => Flags >> 6;

    /// <summary>Dwords 10 and 11: where on the disk.</summary>
    internal ulong FirstBlock => Dword10 | (ulong)Dword11 << 32;
}
