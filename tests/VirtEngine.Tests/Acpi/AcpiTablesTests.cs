using System.Buffers.Binary;
using System.Text;
using VirtEngine.Acpi;
using VirtEngine.Memory;
using VirtTools.Tests;

namespace VirtEngine.Tests.Acpi;

public sealed class AcpiTablesTests : IDisposable
{
    private readonly GuestMemory _memory = new(16 << 20);
    private readonly ulong _rsdp;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("acpi");

    public AcpiTablesTests() => _rsdp = AcpiTables.Write(_memory, new AcpiLayout(4, 0x1_4000_0000));

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _memory.Dispose();
    }

    private byte[] Bytes(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.True(_memory.TryRead(address, bytes));
        return bytes;
    }

    private static bool SumsToZero(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes) sum += b;
        return sum == 0;
    }

    /// <summary>Walks from the RSDP, as a kernel does.</summary>
    private Dictionary<string, byte[]> Tables()
    {
        byte[] root = Bytes(_rsdp, 36);
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(root, 0, 8));
        Assert.True(SumsToZero(root.AsSpan(0, 20)) && SumsToZero(root));
        var tables = new Dictionary<string, byte[]>();
        byte[] xsdt = Table(BinaryPrimitives.ReadUInt64LittleEndian(root.AsSpan(24)), "XSDT");
        for (int at = 36; at < xsdt.Length; at += 8)
        {
            byte[] table = Table(BinaryPrimitives.ReadUInt64LittleEndian(xsdt.AsSpan(at)), null);
            tables.Add(Encoding.ASCII.GetString(table, 0, 4), table);
        }
        tables.Add("DSDT", Table(BinaryPrimitives.ReadUInt64LittleEndian(tables["FACP"].AsSpan(140)), "DSDT"));
        return tables;
    }

    private byte[] Table(ulong address, string? signature)
    {
        byte[] table = Bytes(address, BinaryPrimitives.ReadInt32LittleEndian(Bytes(address + 4, 4)));
        Assert.True(SumsToZero(table));
        if (signature is not null) Assert.Equal(signature, Encoding.ASCII.GetString(table, 0, 4));
        return table;
    }

    [Fact]
    public void Kernel_finds_every_table_sound()
    {
        Assert.Equal(["APIC", "DSDT", "FACP", "MCFG"], Tables().Keys.Order());
        byte[] fadt = Tables()["FACP"];
        ulong facs = BinaryPrimitives.ReadUInt32LittleEndian(fadt.AsSpan(36));
        Assert.Equal(0ul, facs % 64);
        Assert.Equal("FACS", Encoding.ASCII.GetString(Bytes(facs, 4)));
        Assert.Equal(276, fadt.Length);
    }

    [LinuxFact]
    public void Intels_compiler_disassembles_and_recompiles_every_table()
    {
        foreach (var (name, table) in Tables())
        {
            string file = Path.Combine(_directory.FullName, name.ToLowerInvariant() + ".aml");
            File.WriteAllBytes(file, table);
            PeerTool.Run(_directory.FullName, "iasl", "-d", file);
            string source = Path.ChangeExtension(file, ".dsl");
            Assert.DoesNotContain("**** ", File.ReadAllText(source));
            string output = PeerTool.Run(_directory.FullName, "iasl", "-p", Path.Combine(_directory.FullName, name + "-again"), source);
            Assert.Contains("0 Errors, 0 Warnings", output);
            if (name == "DSDT")     // the same meaning gives the same bytes, but for the header's creator and sum
                Assert.Equal(table[36..], File.ReadAllBytes(Path.Combine(_directory.FullName, name + "-again.aml"))[36..]);
        }
    }

    [LinuxFact]
    public void Intels_interpreter_evaluates_the_namespace()
    {
        string file = Path.Combine(_directory.FullName, "dsdt.aml");
        File.WriteAllBytes(file, Tables()["DSDT"]);
        string devices = PeerTool.Run(_directory.FullName, "acpiexec", "-b", "namespace", file);
        foreach (string name in (string[])["PCI0", "C000", "C003", "COM1", "RTC_", "MBRD", "_S5_"]) Assert.Contains(name, devices);
        string route = PeerTool.Run(_directory.FullName, "acpiexec", "-b", @"evaluate \_SB.PCI0._PRT", file);
        Assert.Contains("successfully", Evaluated(route));
        string capabilities = PeerTool.Run(_directory.FullName, "acpiexec", "-b",
            @"evaluate \_SB.PCI0._OSC (5B 4D DB 33 F7 1F 1C 40 96 57 74 41 C0 3D D7 66) 1 3 (00 00 00 00 1F 00 00 00 FF 00 00 00)", file);
        Assert.Contains("00 00 00 00 1F 00 00 00 3F 00 00 00", capabilities);
        string refused = PeerTool.Run(_directory.FullName, "acpiexec", "-b",
            @"evaluate \_SB.PCI0._OSC (5B 4D DB 33 F7 1F 1C 40 96 57 74 41 C0 3D D7 67) 1 3 (00 00 00 00 1F 00 00 00 FF 00 00 00)", file);
        Assert.Contains("04 00 00 00 1F 00 00 00 FF 00 00 00", refused);
    }

    private static string Evaluated(string output)
    {
        Assert.DoesNotContain("AE_", output[output.IndexOf("Evaluating", StringComparison.Ordinal)..]);
        return output;
    }

    [LinuxFact]
    public void Resources_disassemble_to_the_windows_and_interrupts_of_the_board()
    {
        string file = Path.Combine(_directory.FullName, "dsdt.aml");
        File.WriteAllBytes(file, Tables()["DSDT"]);
        PeerTool.Run(_directory.FullName, "iasl", "-d", file);
        string source = File.ReadAllText(Path.ChangeExtension(file, ".dsl"));
        foreach (string expected in (string[])["EisaId (\"PNP0A08\")", "EisaId (\"PNP0501\")", "0x0000000140000000, // Range Minimum", "0xC0000000,         // Range Minimum",
                     "0xE0000000,         // Address Base", "0x03F8,             // Range Minimum", "{4}", "WordBusNumber"])
            Assert.Contains(expected, source);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(62, 1)]
    [InlineData(63, 2)]
    [InlineData(4092, 2)]
    [InlineData(4094, 3)]
    public void Package_lengths_count_themselves(int content, int lengthBytes)
    {
        byte[] method = Aml.Method("TEST", 0, new byte[content - 5]);
        Assert.Equal(1 + lengthBytes + content, method.Length);
        int length = lengthBytes == 1 ? method[1] & 0x3F : method[1] & 15 | method[2] << 4 | (lengthBytes > 2 ? method[3] << 12 : 0);
        Assert.Equal(method.Length - 1, length);
    }
}
