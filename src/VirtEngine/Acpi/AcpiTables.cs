using System.Buffers.Binary;
using System.Text;
using VirtEngine.Chipset;
using VirtEngine.Memory;
using VirtEngine.Pci;

namespace VirtEngine.Acpi;

/// <summary>
/// Writes the ACPI tables (ACPI 6.5, 5.2) into the machine's firmware area, the RSDP first: RSDP, XSDT, FADT, FACS, MADT, MCFG, DSDT. The
/// hardware is of the full kind, always in ACPI mode.
/// </summary>
internal static class AcpiTables
{
    /// <summary>Where the RSDP is; the area below 1 MiB where systems look for it.</summary>
    internal const ulong Address = 0xE_0000;

    /// <summary>First address behind the area for the tables.</summary>
    internal const ulong End = 0xF_0000;

    private const int HeaderSize = 36;

    private sealed class Area(GuestMemory memory)
    {
        private ulong _next = Address;

        internal ulong Place(byte[] content, int alignment)
        {
            ulong address = (_next + (ulong)alignment - 1) & ~((ulong)alignment - 1);
            _next = address + (ulong)content.Length;
            if (_next > End) throw new InvalidOperationException("The ACPI tables do not fit their area.");
            memory.Write(address, content);
            return address;
        }
    }

    /// <summary>Writes the tables.</summary>
    /// <returns>Address of the RSDP.</returns>
    internal static ulong Write(GuestMemory memory, AcpiLayout layout)
    {
        var area = new Area(memory);
        ulong rsdp = area.Place(new byte[36], 16);
        ulong facs = area.Place(Facs(), 64);
        ulong dsdt = area.Place(Table("DSDT", 2, Dsdt.Build(layout)), 16);
        ReadOnlySpan<ulong> listed =
        [
            area.Place(Table("FACP", 6, Fadt(facs, dsdt)), 16),
            area.Place(Table("APIC", 5, Madt(layout.Processors)), 16),
            area.Place(Table("MCFG", 1, Mcfg()), 16),
        ];
        byte[] entries = new byte[8 * listed.Length];
        for (int i = 0; i < listed.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(entries.AsSpan(8 * i), listed[i]);
        memory.Write(rsdp, Rsdp(area.Place(Table("XSDT", 1, entries), 16)));
        return rsdp;
    }

    private static byte[] Table(string signature, byte revision, byte[] body)
    {
        byte[] table = new byte[HeaderSize + body.Length];
        Encoding.ASCII.GetBytes(signature, table);
        Put32(table, 4, (uint)table.Length);
        table[8] = revision;
        Encoding.ASCII.GetBytes("VIRTTL", table.AsSpan(10));
        Encoding.ASCII.GetBytes("VTMACHIN", table.AsSpan(16));
        Put32(table, 24, 1);
        Encoding.ASCII.GetBytes("VTTL", table.AsSpan(28));
        Put32(table, 32, 1);
        body.CopyTo(table, HeaderSize);
        table[9] = Checksum(table);
        return table;
    }

    private static byte[] Rsdp(ulong xsdt)
    {
        byte[] rsdp = new byte[36];
        "RSD PTR "u8.CopyTo(rsdp);
        "VIRTTL"u8.CopyTo(rsdp.AsSpan(9));
        rsdp[15] = 2;
        Put32(rsdp, 20, (uint)rsdp.Length);
        Put64(rsdp, 24, xsdt);
        rsdp[8] = Checksum(rsdp.AsSpan(0, 20));
        rsdp[32] = Checksum(rsdp);
        return rsdp;
    }

    private static byte[] Facs()
    {
        byte[] facs = new byte[64];
        "FACS"u8.CopyTo(facs);
        Put32(facs, 4, (uint)facs.Length);
        facs[32] = 2;
        return facs;
    }

    /// <summary>The fixed description table (ACPI 6.5, table 5.9), offsets from behind the header.</summary>
    private static byte[] Fadt(ulong facs, ulong dsdt)
    {
        const uint wbinvd = 1 << 0, c1 = 1 << 2, noSleepButton = 1 << 5, rtcNotFixed = 1 << 6, timer32 = 1 << 8, resetRegister = 1 << 10,
            headless = 1 << 12;
        const ushort legacyDevices = 1 << 0, noVga = 1 << 2, noAspm = 1 << 4;
        byte[] table = new byte[276];
        Put32(table, 36, (uint)facs);       // X_FIRMWARE_CTRL stays 0: given both, systems read two tables
        Put32(table, 40, (uint)dsdt);
        Put16(table, 46, InterruptRouter.SystemControlInterrupt);
        Put32(table, 56, PowerManagement.EventBlock);
        Put32(table, 64, PowerManagement.ControlBlock);
        Put32(table, 76, PowerManagement.TimerBlock);
        Put32(table, 80, PowerManagement.GpeBlock);
        table[88] = 4;
        table[89] = 2;
        table[91] = 4;
        table[92] = PowerManagement.GpeLength;
        Put16(table, 96, 0xFFFF);       // C2 and C3 are not there
        Put16(table, 98, 0xFFFF);
        table[108] = 0x32;              // the RTC's century register
        Put16(table, 109, legacyDevices | noVga | noAspm);
        Put32(table, 112, wbinvd | c1 | noSleepButton | rtcNotFixed | timer32 | resetRegister | headless);
        PutPorts(table, 116, ResetControl.Port, 1, 1);
        table[128] = ResetControl.HardReset;
        table[131] = 5;                 // FADT 6.5
        Put64(table, 140, dsdt);
        PutPorts(table, 148, PowerManagement.EventBlock, 4, 2);
        PutPorts(table, 172, PowerManagement.ControlBlock, 2, 2);
        PutPorts(table, 208, PowerManagement.TimerBlock, 4, 3);
        PutPorts(table, 220, PowerManagement.GpeBlock, PowerManagement.GpeLength, 1);
        "VIRTTOOL"u8.CopyTo(table.AsSpan(268));
        return table[HeaderSize..];
    }

    private static byte[] Madt(int processors)
    {
        const ushort conforming = 0, levelHigh = 0x000D;
        var body = new List<byte>();
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xFEE0_0000);
        head[4] = 1;                                                        // there are 8259s too
        body.AddRange(head);
        for (byte i = 0; i < processors; i++) body.AddRange([0, 8, i, i, 1, 0, 0, 0]);
        byte[] ioApic = [1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(ioApic.AsSpan(4), (uint)IoApic.Address);
        body.AddRange(ioApic);
        AddOverride(0, 2, conforming);
        AddOverride(InterruptRouter.SystemControlInterrupt, InterruptRouter.SystemControlInterrupt, levelHigh);
        body.AddRange([4, 6, 0xFF, 0, 0, 1]);                               // NMI at LINT1 of every processor
        return [.. body];

        void AddOverride(byte line, byte pin, ushort flags) => body.AddRange([2, 10, 0, line, pin, 0, 0, 0, (byte)flags, 0]);
    }

    private static byte[] Mcfg()
    {
        byte[] body = new byte[8 + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(8), PciEcam.Address);      // segment 0, buses 0 to 0
        return body;
    }

    private static void PutPorts(byte[] table, int at, ushort port, int bytes, byte accessSize)
    {
        table[at] = 1;                  // system I/O
        table[at + 1] = (byte)(8 * bytes);
        table[at + 3] = accessSize;
        Put64(table, at + 4, port);
    }

    private static void Put16(byte[] table, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(at), value);

    private static void Put32(byte[] table, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(at), value);

    private static void Put64(byte[] table, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(at), value);

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes) sum += b;
        return (byte)-sum;
    }
}
