using System.Buffers.Binary;
using VirtEngine.Memory;
using VirtEngine.Smbios;
using VirtTools.Tests;

namespace VirtEngine.Tests.Acpi;

public class SmbiosTablesTests
{
    [LinuxFact]
    public void Dmidecode_reads_the_machine()
    {
        var id = Guid.Parse("6f2d1c0a-95b7-4e1d-8f2a-0123456789ab");
        using var memory = new GuestMemory(5ul << 30);
        SmbiosTables.Write(memory, id, 2);
        byte[] dump = new byte[8192];
        Assert.True(memory.TryRead(SmbiosTables.Address, dump));
        byte sum = 0;
        foreach (byte b in dump.AsSpan(0, 24)) sum += b;
        Assert.Equal(0, sum);
        Assert.Equal(SmbiosTables.Address + 32, BinaryPrimitives.ReadUInt64LittleEndian(dump.AsSpan(16)));
        // A dump's entry point gives the table's offset in the file.
        BinaryPrimitives.WriteUInt64LittleEndian(dump.AsSpan(16), 32);
        dump[5] = 0;
        sum = 0;
        foreach (byte b in dump.AsSpan(0, 24)) sum += b;
        dump[5] = (byte)-sum;
        var directory = Directory.CreateTempSubdirectory("smbios");
        try
        {
            string file = Path.Combine(directory.FullName, "dump");
            File.WriteAllBytes(file, dump);
            string text = PeerTool.Run(directory.FullName, "/usr/sbin/dmidecode", "--from-dump", file);
            foreach (string expected in (string[])[$"UUID: {id}", "SMBIOS 3.3.0 present", "Manufacturer: VirtTools", "System is a virtual machine",
                         "Socket Designation: CPU 1", "Maximum Capacity: 5 GB", "Size: 5 GB", "Starting Address: 0x0000000100000000",
                         "Range Size: 3 GB", "No errors detected", "End Of Table"])
                Assert.Contains(expected, text);
            foreach (string bad in (string[])["<OUT OF SPEC>", "<BAD INDEX>", "Wrong DMI structures", "TRUNCATED"]) Assert.DoesNotContain(bad, text);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
