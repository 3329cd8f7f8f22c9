using System.Buffers.Binary;
using AppLayer.Registry;
using AppLayer.Registry.Hive;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>What is written is read again.</summary>
public sealed class HiveRoundTripTests
{
    [Fact]
    public void Every_history_is_read_as_it_was_written() => Edits.ForAll(300, 40_000, edits => AssertSurvives(Edits.Tree(edits)));

    [Fact]
    public void All_that_a_key_has_survives()
    {
        var root = new RegistryKey("") { LastWrite = new(ulong.MaxValue), Security = Descriptor(1), Class = "root" };
        var link = root.Create(@"Software\Link");
        link.IsLink = true;
        link.LastWrite = new(133_000_000_000_000_001);
        link.Set(new("SymbolicLinkValue", RegistryValueType.Link, "\\Registry"u8.ToArray()));
        var child = root.Create(@"Software\Link\Child");
        child.Security = Descriptor(2);
        child.Class = "Klasse \ud800 Ж";
        root.Create(@"Software\Link\Child\Grandchild");
        root.Create("Other").Security = Descriptor(2);
        root.Create("\ud83d").Set(new("\udc00", (RegistryValueType)0xFFFFFFFF, new byte[5]));

        AssertSurvives(root);
        Assert.Equal(5u, MinorVersion(HiveFile.ToBytes(root)));
    }

    [Fact]
    public void Marks_of_layers_survive()
    {
        var root = new RegistryKey("");
        root.Create(@"Gone").Mark = LayerMark.Tombstone;
        root.Create(@"Instead").Mark = LayerMark.Supersede;
        root.Create(@"Instead\Inner\Innermost").Set(RegistryValue.Tombstone("Value"));
        root.Create(@"Instead\Inner\Gone").Mark = LayerMark.Tombstone;
        root.Create(@"Instead\Inner\Alone").Mark = LayerMark.SupersedeLocal;
        root.Create(@"Alone\Inner").Mark = LayerMark.Merge;
        root.Create(@"Alone").Mark = LayerMark.SupersedeLocal;
        root.Create(@"Instead\Inner\Also").Mark = LayerMark.Supersede;
        root.Create(@"Joined").Set(RegistryValue.Tombstone(""));

        AssertSurvives(root);
        Assert.Equal(6u, MinorVersion(HiveFile.ToBytes(root)));
    }

    [Theory]
    [InlineData(505)]
    [InlineData(506)]
    [InlineData(507)]
    [InlineData(1013)]
    [InlineData(70_000)]
    public void Keys_with_many_subkeys_survive(int count)
    {
        var root = new RegistryKey("");
        for (var i = 0; i < count; i++)
        {
            root.Create($"k\\{(i % 2 == 0 ? "Key" : "kEY")}{i}");
        }

        AssertSurvives(root);
    }

    [Theory]
    [InlineData(16_344)]
    [InlineData(16_345)]
    [InlineData(32_688)]
    [InlineData(32_689)]
    [InlineData(5_000_000)]
    public void Large_values_survive(int size)
    {
        var root = new RegistryKey("");
        root.Set(new("before", RegistryValueType.Binary, Edits.Bytes(4000, 1)));
        root.Set(new("large", RegistryValueType.Binary, Edits.Bytes(size, 2)));
        root.Set(new("after", RegistryValueType.Binary, Edits.Bytes(4000, 3)));
        AssertSurvives(root);
    }

    [Fact]
    public void Keys_can_be_as_deep_as_in_windows_and_not_deeper()
    {
        var root = new RegistryKey("");
        root.Create(string.Join('\\', Enumerable.Repeat("k", RegistryLimits.Depth)));
        AssertSurvives(root);

        root.Create(string.Join('\\', Enumerable.Repeat("k", RegistryLimits.Depth + 1)));
        Assert.Contains("deep", Assert.Throws<ArgumentException>(() => HiveFile.ToBytes(root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_hive_cannot_hold_is_refused_by_name()
    {
        Refuses("Key 'ROOT\\".Replace("K", "k", StringComparison.Ordinal), root => root.Create(@"Some\" + new string('x', 256)));
        Refuses("backslash", root => root.Add(new(@"a\b")));
        Refuses("16384", root => root.Set(new(new string('x', 16_384), RegistryValueType.None, default)));
        Refuses("tombstone", root => root.Set(new("x", RegistryValueType.Binary, new byte[1]) { IsTombstone = true }));
        Refuses("descriptor", root => root.Create("k").Security = new byte[19]);
        Refuses("class", root => root.Create("k").Class = new string('x', 32_768));
        Refuses("tombstone", root =>
        {
            root.Create(@"k\l");
            root.Create("k").Mark = LayerMark.Tombstone;
        });
        Refuses("deep", root =>
        {
            var ring = root.Create("ring");
            ring.Add(ring);
        });

        static void Refuses(string word, Action<RegistryKey> change)
        {
            var root = new RegistryKey("");
            change(root);
            Assert.Contains(word, Assert.Throws<ArgumentException>(() => HiveFile.ToBytes(root)).Message, StringComparison.Ordinal);
        }
    }

    internal static byte[] Descriptor(byte group) =>
        [1, 0, 0, 0x80, 20, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 5, group, 0, 0, 0];

    private static uint MinorVersion(ReadOnlyMemory<byte> hive) => BinaryPrimitives.ReadUInt32LittleEndian(hive.Span[24..]);

    private static void AssertSurvives(RegistryKey root)
    {
        var hive = HiveFile.ToBytes(root);
        var again = HiveFile.Read(hive);
        Assert.Equal(TreeText.Of(root, true), TreeText.Of(again, true));
        Assert.True(HiveFile.ToBytes(again).Span.SequenceEqual(hive.Span));
    }
}
