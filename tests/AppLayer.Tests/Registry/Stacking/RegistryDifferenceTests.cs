using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using FsCheck;
using FsCheck.Fluent;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Registry.Stacking;

/// <summary>What an application changed becomes a layer, which shows the same again.</summary>
public sealed class RegistryDifferenceTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261122, 1);
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void A_run_leaves_what_it_set_and_deleted()
    {
        var before = Tree("K|keep=1", "K|old=1", "K|set=1", @"K\Gone\Deep", @"K\Same|v=1");
        var after = Tree("K|keep=1", "K|set=2", @"K\Same|v=1", @"K\New|v=1");
        Assert.Equal(["K", "-K|old", "K|set=2", @"-K\Gone", @"K\New", @"K\New|v=1"], Lines(RegistryDifference.Between(before, after)));
    }

    [Fact]
    public void A_key_deleted_and_made_anew_supersedes() =>
        Assert.Equal(["!K", "K|new=1"], Lines(RegistryDifference.Between(Tree("K|a=1", "K|b=1", @"K\Sub", "L"), Tree("K|new=1", "L"))));

    [Fact]
    public void A_key_that_changed_its_class_or_became_a_link_supersedes()
    {
        foreach (var change in new Action<RegistryKey>[] { key => key.Class = "x", key => key.IsLink = true })
        {
            var after = Tree("K|v=1");
            change(after.Find("K")!);
            Assert.Equal(["!K", "K|v=1"], Lines(RegistryDifference.Between(Tree("K|v=1"), after)));
        }
    }

    [Fact]
    public void Equal_registries_have_no_difference() => Prop.ForAll(Seeds, seed =>
    {
        var difference = RegistryDifference.Between(Random(new(seed), marks: false), Random(new(seed), marks: false));
        Assert.True(RegistryTree.ContentEquals(new(""), difference));
    }).Check(Seeded);

    [Fact]
    public void Over_the_stack_it_shows_what_the_run_left() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var (layers, foundation) = Stack(random);
        var before = Compose(layers, foundation);
        var after = RegistryTree.Copy(before);
        Edit(after, random);
        AssertSame(after, Compose([RegistryDifference.Between(before, after), .. layers], foundation));
    }).Check(Seeded);

    [Fact]
    public void Any_registry_can_become_any_other() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var (before, after) = (Random(random, marks: false), Random(random, marks: false));
        AssertSame(after, Compose([RegistryDifference.Between(before, after)], before));
    }).Check(Seeded);

    [Fact]
    public void Nothing_in_it_could_be_left_out() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var before = Random(random, marks: false);
        var after = RegistryTree.Copy(before);
        Edit(after, random);
        var difference = RegistryDifference.Between(before, after);
        foreach (var smaller in Smaller(difference))
        {
            Assert.False(RegistryTree.ContentEquals(after, Compose([smaller], before)));
        }
    }).Check(Seeded.WithMaxTest(500));

    [Fact]
    public void Two_layers_as_one_show_the_same_over_anything() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var (upper, lower) = (Random(random, marks: true), Random(random, marks: true));
        var (rest, foundation) = Stack(random);
        AssertSame(Compose([upper, lower, .. rest], foundation), Compose([LayerFlattening.Flatten(upper, lower), .. rest], foundation));
    }).Check(Seeded);

    [Fact]
    public void Runs_one_after_another_share_one_writable_layer() => Prop.ForAll(Seeds, seed =>
    {
        var random = new Random(seed);
        var (layers, foundation) = Stack(random);
        var writable = new RegistryKey("");
        for (var run = 0; run < 4; run++)
        {
            var before = Compose([writable, .. layers], foundation);
            var after = RegistryTree.Copy(before);
            Edit(after, random);
            writable = LayerFlattening.Flatten(RegistryDifference.Between(before, after), writable);
            AssertSame(after, Compose([writable, .. layers], foundation));
        }
    }).Check(Seeded.WithMaxTest(500));

    [Fact]
    public void A_second_run_does_not_lose_what_the_first_deleted()
    {
        var foundation = Tree("K|old=1", @"K\Gone|v=1", "L");
        var writable = RegistryDifference.Between(foundation, Tree("K|new=1", "K", "L"));
        var after = Compose([writable], foundation);
        var second = RegistryTree.Copy(after);
        second.Find("L")!.Set(RegistryTrees.Text("x", "1"));
        writable = LayerFlattening.Flatten(RegistryDifference.Between(after, second), writable);
        Assert.Equal(["!K", "K|new=1", "L", "L|x=1"], Lines(writable));
        Assert.Equal(["K", "K|new=1", "L", "L|x=1"], Lines(Compose([writable], foundation)));
    }

    private static (RegistryKey[] Layers, RegistryKey Foundation) Stack(Random random) =>
        ([.. Enumerable.Range(0, random.Next(4)).Select(_ => Random(random, marks: true))], Random(random, marks: false));

    private static RegistryKey Compose(RegistryKey[] layers, RegistryKey foundation) =>
        new RegistryStack(layers.Select((layer, i) => new RegistryLayer($"{i}", layer)), new("base", foundation)).Compose();

    private static void AssertSame(RegistryKey expected, RegistryKey found)
    {
        if (!RegistryTree.ContentEquals(expected, found))
        {
            Assert.Equal(Lines(expected), Lines(found));
            Assert.Fail("They differ in a class, time, security or link.");
        }
    }

    /// <summary>The tree without one of its values, keys, times or security descriptors, each once.</summary>
    private static IEnumerable<RegistryKey> Smaller(RegistryKey root)
    {
        for (var paths = new Queue<string>([""]); paths.TryDequeue(out var path);)
        {
            var key = root.Find(path)!;
            foreach (var value in key.Values)
            {
                yield return Without(path, copy => copy.RemoveValue(value.Name));
            }

            foreach (var subkey in key.Subkeys)
            {
                yield return Without(path, copy => copy.Remove(subkey.Name));
                paths.Enqueue($@"{path}\{subkey.Name}");
            }

            if (key.LastWrite.Ticks != 0)
            {
                yield return Without(path, copy => copy.LastWrite = default);
            }

            if (!key.Security.IsEmpty)
            {
                yield return Without(path, copy => copy.Security = default);
            }
        }

        RegistryKey Without(string path, Action<RegistryKey> remove)
        {
            var copy = RegistryTree.Copy(root);
            remove(copy.Find(path)!);
            return copy;
        }
    }
}
