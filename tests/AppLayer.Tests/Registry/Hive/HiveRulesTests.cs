using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>What Windows relies on in a hive and a reader of trees does not show.</summary>
public sealed class HiveRulesTests
{
    [Fact]
    public void Subkeys_are_in_the_order_of_their_upper_case_units()
    {
        // '_' is between upper and lower case letters; U+FF21 is after the surrogates, which code points would put before them.
        string[] sorted = ["A", "a-", "B", "b\u00e9", "[", "_", "\u00ff", "\u0436", "\U0001F600", "\uff41"];
        var root = new RegistryKey("");
        foreach (var name in sorted.Reverse())
        {
            root.Create(name);
        }

        Assert.Equal(sorted, Assert.Single(HiveRules.Leaves(HiveFile.ToBytes(root).ToArray())).Select(entry => entry.Name));
    }

    [Fact]
    public void Hashes_are_those_of_the_format()
    {
        // 37·(37·'A' + 'B') + 'C' by hand, and the same in lower case.
        Assert.Equal(91_494u, HiveName.Hash("ABC"));
        Assert.Equal(91_494u, HiveName.Hash("abc"));
        Assert.Equal((37u * 'Ü') + 'Ж', HiveName.Hash("üж"));
    }

    [Theory]
    [InlineData("éñþÿđǆћяωᾀⅷⓩⱥꙁａ", "ÉÑÞŸĐǄЋЯΩᾈⅧⓏȺꙀＡ")]
    [InlineData("µßıſǅςϑẛаბɒɥꭰԥ\ud801\udc28", "µßıſǅςϑẛАბɒɥꭰԥ\ud801\udc28")]
    public void Capitals_are_those_of_windows(string name, string upper) =>
        Assert.Equal(upper, string.Concat(name.Select(RegistryNameComparer.Upper)));

    [Fact]
    public void Lists_of_lists_are_sorted_as_a_whole()
    {
        var root = new RegistryKey("");
        foreach (var i in Enumerable.Range(0, 1600))
        {
            root.Create((i % 2 == 0 ? "Key" : "kEY") + i);
        }

        var hive = HiveFile.ToBytes(root).ToArray();
        Assert.Single(HiveRules.Records(hive), record => record.Signature == "ri");
        var leaves = HiveRules.Leaves(hive);
        Assert.Equal([506, 506, 506, 82], leaves.Select(leaf => leaf.Count));
        var names = leaves.SelectMany(leaf => leaf).Select(entry => entry.Name.ToUpperInvariant()).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Descriptors_are_shared_counted_and_linked_in_a_ring()
    {
        var root = new RegistryKey("");
        root.Create("a\\b\\c").Security = HiveRoundTripTests.Descriptor(1);
        root.Create("d").Security = HiveRoundTripTests.Descriptor(1);
        root.Create("e").Security = HiveRoundTripTests.Descriptor(2);
        root.Create("e\\f");
        root.Create("e\\g").Security = HiveRoundTripTests.Descriptor(2);

        var hive = HiveFile.ToBytes(root).ToArray();
        var cells = HiveRules.Records(hive).Where(record => record.Signature == "sk").Select(record => record.Offset).ToList();
        List<uint> counts = [], forward = [], backward = [];
        for (int i = 0, at = cells[0], back = cells[0]; i < cells.Count; i++)
        {
            counts.Add(new KeySecurity(HiveRules.Cell(hive, at)).References);
            forward.Add((uint)(at = (int)new KeySecurity(HiveRules.Cell(hive, at)).Flink.Value));
            backward.Add((uint)(back = (int)new KeySecurity(HiveRules.Cell(hive, back)).Blink.Value));
        }

        Assert.Equal([3u, 2u, 3u], counts);
        Assert.Equal(cells.Order(), forward.Order().Select(cell => (int)cell));
        Assert.Equal(cells.Order(), backward.Order().Select(cell => (int)cell));
    }

    [Fact]
    public void A_key_says_how_long_its_longest_name_and_data_are()
    {
        var root = new RegistryKey("");
        root.Create("Child").Class = "Class";
        root.Create("Kind").Class = "K";
        root.Set(new("long name", RegistryValueType.Binary, new byte[20_000]));
        root.Set(new("ж", RegistryValueType.Binary, default));
        var hive = HiveFile.ToBytes(root).ToArray();
        var node = HiveRules.Cell(hive, BitConverter.ToInt32(hive, 36));
        Assert.Equal([10u, 10u, 18u, 20_000u], new[] { node.U32(52), node.U32(56), node.U32(60), node.U32(64) });
    }

    [Fact]
    public void A_dirty_hive_is_refused_as_dirty()
    {
        foreach (var (at, field) in new[] { (4, "Checksum"), (508, "Checksum") })
        {
            var hive = HiveFile.ToBytes(new RegistryKey("")).ToArray();
            hive[at]++;
            var error = Assert.Throws<HiveException>(() => HiveFile.Read(hive));
            Assert.True(error.IsDirty);
            Assert.Equal(("base block", field), (error.Record, error.Field));
        }

        var torn = HiveFile.ToBytes(new RegistryKey("")).ToArray();
        torn[4]++;
        HostileHiveTests.Seal(torn);
        var dirty = Assert.Throws<HiveException>(() => HiveFile.Read(torn));
        Assert.True(dirty.IsDirty);
        Assert.Equal(("Secondary sequence number", 8L), (dirty.Field, dirty.Offset));
    }
}
