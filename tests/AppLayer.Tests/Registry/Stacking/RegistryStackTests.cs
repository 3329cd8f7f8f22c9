using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Registry.Stacking;

/// <summary>Layers over a base, seen as one registry.</summary>
public sealed class RegistryStackTests
{
    private static RegistryStack Stack(RegistryKey foundation, params RegistryKey[] layers) =>
        new(layers.Select((layer, i) => new RegistryLayer($"layer{i + 1}", layer)), new("base", foundation));

    private static IEnumerable<string> Composed(RegistryKey foundation, params RegistryKey[] layers) =>
        Lines(Stack(foundation, layers).Compose());

    [Fact]
    public void The_first_layer_wins_and_all_add_to_the_base() =>
        Assert.Equal(
            ["Software", @"Software\Node", @"Software\Node|Path=n22", @"Software\Node|Site=base", @"Software\Other"],
            Composed(
                Tree(@"Software\Node|Path=base", @"Software\Node|Site=base"),
                Tree(@"Software\Node|Path=n22"),
                Tree(@"Software\Node|Path=n18", @"Software\Other")));

    [Fact]
    public void Tombstones_hide_and_what_is_made_above_starts_empty() =>
        Assert.Equal(
            ["K", @"K\New", @"K\New|x=1", "L"],
            Composed(Tree(@"K\Old|x=0", "K|v=0", "L|v=0", @"Gone\Deep|v=1"), Tree(@"K\New|x=1"), Tree("-K", "-L|v", "-Gone")));

    [Fact]
    public void A_superseding_key_hides_what_is_below_and_counts_itself() =>
        Assert.Equal(["K", "K|v=2", "K|w=1"], Composed(Tree(@"K\Old|x=0", "K|u=0"), Tree("K|w=1"), Tree("!K", "K|v=2", @"-K\Old")));

    [Fact]
    public void Class_time_and_security_are_of_the_first_that_has_them()
    {
        var (low, high) = (Tree("K"), Tree("K", "Low"));
        var (lowKey, highKey) = (low.Find("K")!, high.Find("K")!);
        (lowKey.Class, lowKey.LastWrite, lowKey.Security) = ("Low", new(5), new byte[] { 1 });
        highKey.LastWrite = new(3);
        var key = Stack(low, high).Compose().Find("K")!;
        Assert.Equal(("Low", new FileTime(3), 1), (key.Class, key.LastWrite, key.Security.Length));
    }

    [Fact]
    public void Subkeys_come_by_name_and_a_changed_value_keeps_its_place()
    {
        var root = Stack(Tree("K|b=0", "K|a=0", "Z", "b"), Tree("K|c=1", "K|A=1", "a")).Compose();
        Assert.Equal(["a", "b", "K", "Z"], root.Subkeys.Select(key => key.Name));
        Assert.Equal(["b", "A", "c"], root.Find("K")!.Values.Select(value => value.Name));
    }

    [Fact]
    public void What_no_layer_touches_is_not_copied()
    {
        var foundation = Tree(@"Big\Key|v=1", "Small|v=1");
        var composed = Stack(foundation, Tree("Small|v=2")).Compose();
        Assert.Same(foundation.Find("Big"), composed.Find("Big"));
        Assert.Equal(["Big", @"Big\Key", @"Big\Key|v=1", "Small", "Small|v=1"], Lines(foundation));
    }

    [Fact]
    public void A_base_with_marks_and_keys_too_deep_are_refused()
    {
        Assert.Contains(@"A\B", Assert.Throws<ArgumentException>(() => Stack(Tree(@"-A\B"))).Message, StringComparison.Ordinal);
        var deep = Tree(string.Join('\\', Enumerable.Repeat("k", RegistryLimits.Depth + 1)));
        Assert.Throws<ArgumentException>(() => Stack(deep));
        Assert.Throws<ArgumentException>(() => Stack(Tree(), deep));
    }

    [Fact]
    public void It_is_explained_who_gives_a_value_and_whom_that_hides()
    {
        var stack = Stack(Tree("K|v=0"), Tree("K"), Tree("K|v=2"), Tree("!K", "K|v=3"), Tree("K|v=4"));
        var explained = stack.Explain("k", "V");
        Assert.Equal("layer2", explained.GivenBy);
        Assert.Equal(
            [("layer2", RegistryRole.Gives), ("layer3", RegistryRole.Hidden), ("layer4", RegistryRole.Hidden), ("base", RegistryRole.Hidden)],
            explained.Parties.Select(party => (party.Layer, party.Role)));
    }

    [Fact]
    public void It_is_explained_where_a_key_was_deleted()
    {
        var explained = Stack(Tree(@"A\B\C|v=0"), Tree("A"), Tree("-A")).Explain(@"A\B\C");
        Assert.Null(explained.GivenBy);
        Assert.Equal([new("layer2", RegistryRole.Deletes, "A"), new("base", RegistryRole.Hidden, @"A\B\C")], explained.Parties);
    }

    [Fact]
    public void A_key_that_supersedes_locally_hides_values_and_no_subkeys()
    {
        var stack = Stack(Tree("K|v=0", @"K\Base"), Tree("K|w=1"), Tree("~K", "K|x=2", @"K\Middle"), Tree("K|y=3", @"K\Low"));
        Assert.Equal(["K|w=1", "K|x=2", "K", @"K\Base", @"K\Low", @"K\Middle"], Lines(stack.Compose().Find("K")!, "K").Prepend("K").OrderBy(line => line.Contains('|') ? 0 : 1));
        Assert.Null(stack.Explain("K", "v").GivenBy);
        Assert.Equal([("layer2", RegistryRole.Supersedes), ("base", RegistryRole.Hidden)], stack.Explain("K", "v").Parties.Select(party => (party.Layer, party.Role)));
    }

    [Fact]
    public void Explanations_agree_with_the_composed_view()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var layers = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Random(random, marks: true)).ToArray();
            var foundation = Random(random, marks: false);
            var stack = Stack(foundation, layers);
            var composed = stack.Compose();
            foreach (var tree in layers.Append(foundation))
            {
                Visit(tree, "");
            }

            void Visit(RegistryKey key, string path)
            {
                var seen = composed.Find(path);
                Assert.Equal(seen is not null, stack.Explain(path).GivenBy is not null);
                foreach (var value in key.Values)
                {
                    var explained = stack.Explain(path, value.Name);
                    RegistryValue? shown = null;
                    seen?.TryGetValue(value.Name, out shown);
                    var giver = explained.GivenBy is not { } name ? null : name == "base" ? foundation : layers[name[^1] - '1'];
                    RegistryValue? given = null;
                    giver?.Find(path)!.TryGetValue(value.Name, out given);
                    Assert.Same(shown, given);
                }

                foreach (var subkey in key.Subkeys)
                {
                    Visit(subkey, $@"{path}\{subkey.Name}");
                }
            }
        }
    }
}
