using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

public sealed class HiveCursorTests
{
    [Fact]
    public void Keys_and_values_come_by_as_the_tree_has_them()
    {
        var root = Sample(keys: 1200, values: 90);
        var expected = new StringBuilder();
        Describe(root, 0);
        var seen = new StringBuilder();
        var cursor = new HiveCursor(HiveFile.ToBytes(root));
        while (cursor.ReadKey())
        {
            seen.Append($"{cursor.Depth} {(cursor.Depth == 0 ? "" : cursor.Name.ToString())} {cursor.Mark} {(cursor.HasClass ? cursor.Class.ToString() : "-")} {cursor.LastWrite.Ticks}\n");
            while (cursor.ReadValue())
            {
                seen.Append($"  {cursor.ValueName.ToString()} {cursor.ValueType} {cursor.IsTombstone} {Convert.ToHexString(cursor.Data)}\n");
            }
        }

        Assert.False(cursor.ReadKey());
        Assert.Equal(expected.ToString(), seen.ToString());

        void Describe(RegistryKey key, int depth)
        {
            expected.Append($"{depth} {key.Name} {key.Mark} {key.Class ?? "-"} {key.LastWrite.Ticks}\n");
            foreach (var value in key.Values) expected.Append($"  {value.Name} {value.Type} {value.IsTombstone} {Convert.ToHexString(value.Data.Span)}\n");
            foreach (var subkey in key.Subkeys) Describe(subkey, depth + 1);
        }
    }

    [Fact]
    public void Nothing_is_allocated_for_a_key_or_a_value()
    {
        var (few, many) = (Measure(10), Measure(5000));
        Assert.InRange(many.Allocated - few.Allocated, 0, 2 * many.Length / 64 + 256);

        static (long Allocated, int Length) Measure(int keys)
        {
            var hive = HiveFile.ToBytes(Sample(keys, values: 10));
            long allocated = 0;
            for (var round = 0; round < 2; round++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var cursor = new HiveCursor(hive);
                while (cursor.ReadKey())
                {
                    while (cursor.ReadValue())
                    {
                    }
                }

                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            return (allocated, hive.Length);
        }
    }

    [Theory]
    [InlineData("v05x", "V01X", "Key value offset")] // Among more values than are compared each with all.
    [InlineData("w2x", "W1X", "Key value offset")]
    [InlineData("k0070x", "K0069X", "Key name string")] // Neighbours.
    [InlineData("k0070x", "K0007X", "Key name string")]
    [InlineData("k1100x", "K0007X", "Key name string")] // In another list.
    public void Names_that_are_there_twice_are_found_wherever_they_are(string name, string other, string field)
    {
        var hive = HiveFile.ToBytes(Sample(keys: 1200, values: 90)).ToArray();
        var at = hive.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name));
        Encoding.ASCII.GetBytes(other).CopyTo(hive, at);
        Assert.Equal(field, Assert.Throws<HiveException>(() => HiveFile.Read(hive)).Field);
        Assert.Equal(field, Assert.Throws<HiveException>(() =>
        {
            var cursor = new HiveCursor(hive);
            while (cursor.ReadKey())
            {
                while (cursor.ReadValue())
                {
                }
            }
        }).Field);
    }

    [Fact]
    public void Lists_may_be_in_any_order()
    {
        var hive = HiveFile.ToBytes(Sample(keys: 1200, values: 90)).ToArray();
        foreach (var (name, other) in new[] { ("k0070x", "l0070x"), ("k0071x", "a0071x"), ("k1199x", "b1199x") })
        {
            Encoding.ASCII.GetBytes(other).CopyTo(hive, hive.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)));
        }

        var keys = HiveFile.Read(hive).Find("Keys")!;
        Assert.Equal(1200, keys.Subkeys.Count);
        Assert.All(new[] { "L0070X", "a0071x", "b1199x", "k0072x" }, name => Assert.True(keys.TryGetSubkey(name, out _)));
    }

    private static RegistryKey Sample(int keys, int values)
    {
        var root = new RegistryKey("") { Class = "Class" };
        for (var i = 0; i < keys; i++)
        {
            root.Create($@"Keys\k{i:0000}x").LastWrite = new((ulong)i);
        }

        for (var i = 0; i < values; i++)
        {
            root.Create("Values").Set(new($"v{i:00}x", (RegistryValueType)(i % 12), Edits.Bytes(i * 3, 1)));
        }

        for (var i = 0; i < 4; i++)
        {
            root.Create("Few").Set(new($"w{i}x", RegistryValueType.Dword, new byte[4]));
        }

        root.Create("Ключ").Set(RegistryValue.Tombstone("Значение"));
        root.Create(@"Ключ\Instead").Mark = LayerMark.Supersede;
        root.Create("Large").Set(new("large", RegistryValueType.Binary, Edits.Bytes(40_000, 2)));
        root.Create("Large").Set(new("larger", RegistryValueType.Binary, Edits.Bytes(50_000, 2)));
        return root;
    }
}
