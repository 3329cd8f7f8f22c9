using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using VirtEngine.Disks;

namespace VirtEngine.Nvme;

/// <summary>What the controller and its namespaces say of themselves (NVM Express 1.4, 5.15.2), each in 4096 bytes that were zero.</summary>
internal static class NvmeIdentify
{
    /// <summary>Version 1.4.</summary>
    internal const uint Version = 0x0001_0400;

    /// <summary>Commands to tell of events that wait at the most.</summary>
    internal const int MaximumEventRequests = 4;

    /// <summary>Eight characters.</summary>
    internal static ReadOnlySpan<byte> FirmwareRevision => "1.0     "u8;

    internal static void Controller(Span<byte> page, ushort vendor, Guid machine, int namespaces)
    {
        string serial = machine.ToString("N")[..20].ToUpperInvariant();
        Store16(page, 0, vendor);
        Store16(page, 2, vendor);
        Encoding.ASCII.GetBytes(serial, page[4..]);
        Encoding.ASCII.GetBytes("VirtTools NVMe".PadRight(40), page[24..]);
        FirmwareRevision.CopyTo(page[64..]);
        page[77] = NvmeTransfer.MaximumPagesShift;
        Store32(page, 80, Version);
        page[111] = 1;                          // an I/O controller
        page[258] = 3;                          // four aborts at a time
        page[259] = MaximumEventRequests - 1;
        page[260] = 3;                          // one firmware slot, which cannot be written
        page[261] = 1 << 2;                     // log pages have offsets and long lengths
        page[262] = NvmeLogs.ErrorEntries - 1;
        Store16(page, 266, 343);                // kelvin: warning
        Store16(page, 268, 373);                // and critical
        page[512] = 0x66;                       // entries of 64
        page[513] = 0x44;                       // and of 16 bytes
        Store32(page, 516, (uint)namespaces);
        Store16(page, 520, 1 << 2 | 1 << 3);    // dataset management, write zeroes
        page[525] = 7;                          // a write cache; a flush may be for all namespaces
        Store32(page, 536, 1 | 1 << 16);        // SGLs, bit buckets
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"nqn.2014-08.org.nvmexpress:uuid:{machine:D}"), page[768..]);
        Store16(page, 2048, 500);               // the one power state: 5 W
    }

    internal static void Namespace(Span<byte> page, NvmeNamespace space)
    {
        var geometry = space.Disk.Geometry;
        for (int field = 0; field < 24; field += 8) BinaryPrimitives.WriteUInt64LittleEndian(page[field..], space.Blocks);
        page[24] = 1 << 4;                      // the preferred sizes below are there
        if (geometry.Capabilities.HasFlag(BlockCapabilities.DiscardZeroes)) page[33] = 1 | 1 << 3;
        int preferred = Math.Max(1, geometry.PhysicalBlockSize / geometry.LogicalBlockSize) - 1;
        foreach (int field in (ReadOnlySpan<int>)[64, 66, 68, 70]) Store16(page, field, (ushort)preferred);
        page[99] = geometry.IsReadOnly ? (byte)1 : (byte)0;
        space.Identity.TryWriteBytes(page[104..], bigEndian: true, out _);
        page[130] = (byte)space.BlockShift;
    }

    /// <summary>The list of what names a namespace: here its UUID and its NGUID.</summary>
    internal static void Descriptors(Span<byte> page, NvmeNamespace space)
    {
        foreach (byte type in (ReadOnlySpan<byte>)[3, 2])
        {
            page[0] = type;
            page[1] = 16;
            space.Identity.TryWriteBytes(page[4..], bigEndian: true, out _);
            page = page[20..];
        }
    }

    /// <summary>The namespaces behind a number, in order.</summary>
    internal static void ActiveList(Span<byte> page, uint after, int namespaces)
    {
        for (uint id = after + 1; id <= namespaces && page.Length >= 4; id++, page = page[4..]) BinaryPrimitives.WriteUInt32LittleEndian(page, id);
    }

    private static void Store16(Span<byte> page, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(page[offset..], value);

    private static void Store32(Span<byte> page, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(page[offset..], value);
}
