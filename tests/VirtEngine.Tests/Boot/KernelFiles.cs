using System.Buffers.Binary;

namespace VirtEngine.Tests.Boot;

/// <summary>Makes kernels that are small or odd.</summary>
internal static class KernelFiles
{
    /// <summary>An ELF kernel with one segment and a PVH note.</summary>
    internal static byte[] Elf(ulong address = 0x100_0000, int size = 0x3000, ulong memorySize = 0x5000, uint? entry = 0x100_0010)
    {
        var file = new byte[0x200 + size];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2; file[5] = 1; file[6] = 1;
        U16(16, 2); U16(18, 62); U32(20, 1);
        U64(24, address); U64(32, 64); U16(52, 64); U16(54, 56); U16(56, 2);
        Header(64, 1, 0x200, address, (ulong)size, memorySize);
        Header(64 + 56, 4, 0x180, 0, entry is null ? 0 : 24u, 24);
        U32(0x180, 4); U32(0x184, 8); U32(0x188, 18); "Xen\0"u8.CopyTo(file.AsSpan(0x18C)); U64(0x190, entry ?? 0);
        for (int i = 0; i < size; i++) file[0x200 + i] = (byte)(i * 7 + 1);
        return file;

        void Header(int at, uint type, ulong offset, ulong physical, ulong fileSize, ulong memory)
        {
            U32(at, type); U64(at + 8, offset); U64(at + 16, physical); U64(at + 24, physical); U64(at + 32, fileSize); U64(at + 40, memory); U64(at + 48, 4);
        }
        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }

    /// <summary>A bzImage of protocol 2.15 around a payload.</summary>
    internal static byte[] BzImage(byte[] payload, uint initSize = 0x20_0000, uint commandLineSize = 2047)
    {
        const int setup = 2 * 512;
        int kernel = (0x400 + payload.Length + 15) & ~15;
        var file = new byte[setup + kernel];
        file[0x1F1] = 1;
        U32(0x1F4, (uint)kernel / 16);
        file[0x1FE] = 0x55; file[0x1FF] = 0xAA; file[0x200] = 0xEB; file[0x201] = 0x6A;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        U16(0x206, 0x20F); U16(0x20E, 0x100);
        "9.9.9-made (for tests)\0"u8.CopyTo(file.AsSpan(0x300));
        file[0x211] = 1;
        U32(0x22C, 0x7FFF_FFFF); U32(0x230, 0x20_0000); file[0x234] = 1; U16(0x236, 1); U32(0x238, commandLineSize);
        U32(0x248, 0x400); U32(0x24C, (uint)payload.Length);
        U64(0x258, 0x100_0000); U32(0x260, initSize);
        payload.CopyTo(file, setup + 0x400);
        return file;

        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }

    /// <summary>A payload followed by the uncompressed size, as Linux's build appends it.</summary>
    internal static byte[] WithSize(byte[] compressed, int size)
    {
        var payload = new byte[compressed.Length + 4];
        compressed.CopyTo(payload, 0);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(compressed.Length), size);
        return payload;
    }
}
