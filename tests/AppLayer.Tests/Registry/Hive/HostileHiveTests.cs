using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>Hives that mean harm: each field of each kind of record with values that do not belong there.</summary>
public sealed class HostileHiveTests
{
    private const int Kinds = 8;

    [Fact]
    public void Any_field_of_any_record_may_be_wrong()
    {
        var valid = Sample();
        var records = HiveRules.Records(valid);
        Assert.Equal(Kinds, records.Select(record => record.Signature).Distinct().Count());
        var offsets = records.Select(record => (uint)record.Offset).ToArray();
        uint[] common = [0, 1, 2, 3, 4, 7, 8, 32, 0x7F, 0xFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0005, 0xFFFF_FFF8, 0xFFFF_FFFF];
        var refused = 0;
        var hive = (byte[])valid.Clone();
        foreach (var at in Fields(valid, records))
        {
            var old = BinaryPrimitives.ReadUInt32LittleEndian(valid.AsSpan(at));
            foreach (var value in (uint[])[.. common, .. offsets, old + 1, old - 1, old + 8, old - 8, old ^ 0x10, old << 16, old ^ 0x0100_0000, ~old + 1])
            {
                BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(at), value);
                refused += Survives(hive, at) ? 0 : 1;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(at), old);
        }

        Assert.True(refused > 1000, $"only {refused} were refused");
        Assert.True(Survives(hive, 0));
    }

    [Fact]
    public void Several_fields_may_be_wrong_at_once()
    {
        var valid = Sample();
        var records = HiveRules.Records(valid);
        var fields = Fields(valid, records);
        var random = new Random(20260822);
        var hive = new byte[valid.Length];
        for (var round = 0; round < 20_000; round++)
        {
            valid.CopyTo(hive, 0);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var at = fields[random.Next(fields.Count)] + random.Next(4);
                switch (random.Next(4))
                {
                    case 0: hive[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: hive[at] = (byte)random.Next(256); break;
                    case 2: BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(at), records[random.Next(records.Count)].Offset); break;
                    default: hive.AsSpan(fields[random.Next(fields.Count)], 4).CopyTo(hive.AsSpan(at)); break;
                }
            }

            Survives(hive, round);
        }
    }

    [Fact]
    public void A_hive_may_end_anywhere()
    {
        var valid = Sample();
        for (var length = 0; length < valid.Length; length += length < 5000 ? 1 : 61)
        {
            Assert.Throws<HiveException>(() => HiveFile.Read(valid.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Keys_cannot_be_in_themselves()
    {
        var hive = Sample();
        var leaf = HiveRules.Records(hive).First(record => record.Signature == "lh").Offset;
        BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(BaseBlock.Length + leaf + 8), BinaryPrimitives.ReadUInt32LittleEndian(hive.AsSpan(36)));
        var error = Assert.Throws<HiveException>(() => HiveFile.Read(hive));
        Assert.Equal(("lh", "Key node offset", BaseBlock.Length + leaf + 8L), (error.Record, error.Field, error.Offset));
    }

    [Fact]
    public void Marks_count_from_the_version_that_has_them()
    {
        var root = new RegistryKey("");
        root.Create("k").Mark = LayerMark.Supersede;
        var hive = HiveFile.ToBytes(root).ToArray();
        var key = HiveRules.Records(hive).Last(record => record.Signature == "nk").Offset;
        hive[BaseBlock.Length + key + 4 + 13] = 2;
        Assert.Equal(LayerMark.SupersedeLocal, HiveFile.Read(hive).Find("k")!.Mark);

        // Older versions have no marks, whatever the byte holds.
        hive[24] = 5;
        Seal(hive);
        Assert.Equal(LayerMark.Merge, HiveFile.Read(hive).Find("k")!.Mark);
    }

    /// <summary>Makes the base block's checksum right.</summary>
    internal static void Seal(byte[] hive) => BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(508), BaseBlock.Checksum(hive));

    private static bool Survives(byte[] hive, int place)
    {
        Seal(hive);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        RegistryKey? tree = null;
        try
        {
            tree = HiveFile.Read(hive);
        }
        catch (HiveException e)
        {
            Assert.InRange(e.Offset, 0, hive.Length);
            Assert.NotEmpty(e.Record);
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2), $"slow at {place}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L * hive.Length);
        if (tree is null)
        {
            return false;
        }

        // Whatever can be read can be written, and is then the same.
        var again = HiveFile.Read(HiveFile.ToBytes(tree));
        Assert.Equal(TreeText.Of(tree, false), TreeText.Of(again, false));
        return true;
    }

    /// <summary>Places of all words in the base block's used parts, the bins' headers, and the records with the sizes of their cells.</summary>
    private static List<int> Fields(byte[] hive, List<(string Signature, int Offset)> records)
    {
        List<int> fields = [.. Enumerable.Range(0, 12).Select(word => word * 4), 144];
        for (var bin = BaseBlock.Length; bin < hive.Length; bin += BitConverter.ToInt32(hive, bin + 8))
        {
            fields.AddRange([bin, bin + 4, bin + 8]);
        }

        foreach (var (_, offset) in records)
        {
            var cell = BaseBlock.Length + offset;
            var length = Math.Min(-BitConverter.ToInt32(hive, cell), 100);
            fields.AddRange(Enumerable.Range(0, length / 4).Select(word => cell + (word * 4)));
        }

        return fields;
    }

    /// <summary>A small hive with every kind of record.</summary>
    private static byte[] Sample()
    {
        var root = new RegistryKey("") { Security = HiveRoundTripTests.Descriptor(1) };
        root.Create(@"fast\x").Set(new("Значение", RegistryValueType.String, Encoding.Unicode.GetBytes("text\0")));
        root.Create(@"plain\y").Class = "Class";
        root.Create(@"plain\y").Security = HiveRoundTripTests.Descriptor(2);
        root.Create(@"Ключ\z").Mark = LayerMark.Tombstone;
        root.Create(@"instead").Mark = LayerMark.Supersede;
        root.Create(@"instead\of").Security = HiveRoundTripTests.Descriptor(3);
        root.Set(new("inline", RegistryValueType.Dword, new byte[4]));
        root.Set(new("data", RegistryValueType.Binary, new byte[40]));
        root.Set(new("large", RegistryValueType.Binary, new byte[16_400]));
        root.Set(RegistryValue.Tombstone("gone"));
        var hive = HiveFile.ToBytes(root).ToArray();

        // Lists as older versions of Windows write them; the last, which is the root's, goes through a list of lists.
        var leaves = HiveRules.Records(hive).Where(record => record.Signature == "lh").Select(record => BaseBlock.Length + record.Offset + 4).ToArray();
        hive[leaves[0] + 1] = (byte)'f';
        hive[leaves[1] + 1] = (byte)'i';
        var free = Free(hive, 16);
        IndexRoot.Write(hive.AsSpan(free + 4), [leaves[^1] - 4 - BaseBlock.Length]);
        BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(BaseBlock.Length + BitConverter.ToInt32(hive, 36) + 4 + 28), free - BaseBlock.Length);
        HiveFile.Read(hive);
        return hive;
    }

    /// <summary>Makes an allocated cell at the beginning of the last bin's free one.</summary>
    private static int Free(byte[] hive, int size)
    {
        var bin = BaseBlock.Length;
        while (bin + BitConverter.ToInt32(hive, bin + 8) < hive.Length)
        {
            bin += BitConverter.ToInt32(hive, bin + 8);
        }

        var cell = bin + HiveBin.HeaderLength;
        while (BitConverter.ToInt32(hive, cell) < 0)
        {
            cell -= BitConverter.ToInt32(hive, cell);
        }

        BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(cell + size), BitConverter.ToInt32(hive, cell) - size);
        BinaryPrimitives.WriteInt32LittleEndian(hive.AsSpan(cell), -size);
        return cell;
    }
}
