using System.Buffers.Binary;
using System.Text;
using VirtEngine.Memory;

namespace VirtEngine.Smbios;

/// <summary>Writes the SMBIOS 3.3 entry point and structures (DMTF DSP0134) where systems look for them, from F0000h on.</summary>
internal static class SmbiosTables
{
    /// <summary>Where the entry point is.</summary>
    internal const ulong Address = 0xF_0000;

    private const ulong End = 0x10_0000;
    private const int EntryPointSize = 24;
    private const ushort None = 0xFFFE, PhysicalMemoryArray = 0x1000, MemoryDevice = 0x1100, FirstProcessor = 0x0400, Chassis = 0x0300;

    private sealed class Structures
    {
        private readonly List<byte> _bytes = [];

        internal byte[] ToArray() => [.. _bytes];

        /// <param name="type">The structure's type.</param>
        /// <param name="handle">Its handle.</param>
        /// <param name="body">What follows the handle.</param>
        /// <param name="strings">Strings by number, 1 first.</param>
        internal void Add(byte type, ushort handle, byte[] body, params string[] strings)
        {
            _bytes.AddRange([type, (byte)(4 + body.Length), (byte)handle, (byte)(handle >> 8)]);
            _bytes.AddRange(body);
            foreach (string text in strings) _bytes.AddRange([.. Encoding.UTF8.GetBytes(text), 0]);
            _bytes.AddRange(strings.Length == 0 ? (byte[])[0, 0] : [0]);
        }
    }

    /// <summary>Writes the tables.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="id">The machine's identity: the system's UUID.</param>
    /// <param name="processors">Virtual processors.</param>
    internal static void Write(GuestMemory memory, Guid id, int processors)
    {
        byte[] structures = Build(memory, id, processors);
        byte[] entry = new byte[EntryPointSize];
        "_SM3_"u8.CopyTo(entry);
        entry[6] = EntryPointSize;
        entry[7] = 3;
        entry[8] = 3;
        entry[10] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(12), structures.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(16), Address + 32);
        entry[5] = (byte)-entry.Aggregate(0, (sum, b) => sum + b);
        if (Address + 32 + (ulong)structures.Length > End) throw new InvalidOperationException("The SMBIOS tables do not fit their area.");
        memory.Write(Address, entry);
        memory.Write(Address + 32, structures);
    }

    private static byte[] Build(GuestMemory memory, Guid id, int processors)
    {
        var all = new Structures();
        AddFirmware(all);
        // The UUID's first three fields are little-endian, as in a Guid's own bytes (7.2.1).
        all.Add(1, 0x0100, [1, 2, 3, 4, .. id.ToByteArray(), 6, 0, 5], "VirtTools", "Virtual Machine", "1", id.ToString(), "Virtual Machine");
        all.Add(2, 0x0200, [1, 2, 3, 0, 0, 0x01, 0, Chassis & 0xFF, Chassis >> 8, 0x0A, 0], "VirtTools", "Virtual Board", "1");
        all.Add(3, Chassis, [1, 1, 2, 0, 0, 3, 3, 3, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0], "VirtTools", "1");
        for (int i = 0; i < processors; i++) AddProcessor(all, i);
        AddMemory(all, memory);
        all.Add(32, 0x2000, [0, 0, 0, 0, 0, 0, 0]);
        all.Add(127, 0x7F00, []);
        return all.ToArray();
    }

    private static void AddFirmware(Structures all)
    {
        const byte notSupported = 1 << 3;
        byte[] body = new byte[22];
        body[0] = 1;
        body[1] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(2), 0xE000);   // where it begins, as a segment
        body[4] = 3;
        body[5] = 1;                                                        // 128 KiB
        body[6] = notSupported;
        body[15] = 1 << 4;                                                  // a virtual machine
        body[16] = body[18] = 0xFF;
        body[17] = body[19] = 0xFF;
        all.Add(0, 0x0000, body, "VirtTools", "1", "01/01/2026");
    }

    private static void AddProcessor(Structures all, int index)
    {
        const byte central = 3, unknown = 2, populatedAndEnabled = 0x41, other = 1;
        byte[] body = new byte[44];
        body[0] = 1;
        body[1] = central;
        body[2] = unknown;
        body[3] = 2;
        body[12] = 3;                                   // version
        body[20] = populatedAndEnabled;
        body[21] = other;                               // upgrade
        body.AsSpan(22, 6).Fill(0xFF);                  // no caches described
        body[31] = body[32] = body[33] = 1;             // one core, enabled, with one thread
        body[34] = 1 << 2;                              // 64 bits
        body[36] = unknown;                             // family
        body[38] = body[40] = body[42] = 1;
        all.Add(4, (ushort)(FirstProcessor + index), body, $"CPU {index}", "VirtTools", "1");
    }

    private static void AddMemory(Structures all, GuestMemory memory)
    {
        const byte systemBoard = 3, systemMemory = 3, noCorrection = 3, dimm = 9, ram = 7;
        byte[] array = [systemBoard, systemMemory, noCorrection, 0, 0, 0, 0x80, None & 0xFF, None >> 8, 1, 0, .. new byte[8]];
        BinaryPrimitives.WriteUInt64LittleEndian(array.AsSpan(11), memory.Size);
        all.Add(16, PhysicalMemoryArray, array);

        byte[] device = new byte[36];
        BinaryPrimitives.WriteUInt16LittleEndian(device, PhysicalMemoryArray);
        BinaryPrimitives.WriteUInt16LittleEndian(device.AsSpan(2), None);
        device.AsSpan(4, 4).Fill(0xFF);                 // widths unknown
        ulong mebibytes = memory.Size >> 20;
        BinaryPrimitives.WriteUInt16LittleEndian(device.AsSpan(8), (ushort)(mebibytes < 0x7FFF ? mebibytes : 0x7FFF));
        device[10] = dimm;
        device[12] = 1;
        device[14] = ram;
        device[15] = 2;                                 // detail: other
        device[19] = 2;
        if (mebibytes >= 0x7FFF) BinaryPrimitives.WriteUInt32LittleEndian(device.AsSpan(24), (uint)mebibytes);
        all.Add(17, MemoryDevice, device, "DIMM 0", "VirtTools");

        for (int i = 0; i < memory.Regions.Count; i++)
        {
            byte[] map = new byte[27];
            map.AsSpan(0, 8).Fill(0xFF);                // the 64-bit fields below hold
            BinaryPrimitives.WriteUInt16LittleEndian(map.AsSpan(8), PhysicalMemoryArray);
            map[10] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(map.AsSpan(11), memory.Regions[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(map.AsSpan(19), memory.Regions[i].End - 1);
            all.Add(19, (ushort)(0x1300 + i), map);
        }
    }
}
