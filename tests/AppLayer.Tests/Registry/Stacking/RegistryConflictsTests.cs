using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using static AppLayer.Registry.Stacking.RegistryConflictKind;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Registry.Stacking;

/// <summary>Layers that disagree say so before they are stacked.</summary>
public sealed class RegistryConflictsTests
{
    private static IReadOnlyList<RegistryConflict> Find(params RegistryKey[] layers) =>
        RegistryConflicts.Find(layers.Select((layer, i) => new RegistryLayer($"{i}", layer)));

    [Fact]
    public void Values_that_differ_are_listed_and_equal_ones_are_not() =>
        Assert.Equal(
            [new("K", "Path", Value, "0", "1"), new("K", "Path", Value, "0", "2")],
            Find(Tree("K|Path=a", "K|same=1"), Tree("K|path=b", "K|same=1"), Tree("k|path=c")));

    [Fact]
    public void Deletions_that_hide_and_those_that_are_undone_are_listed() =>
        Assert.Equal(
            [
                new("Back", null, DeletionUndone, "0", "1"),
                new("Gone", null, KeyDeleted, "0", "1"),
                new("Mixed", "back", DeletionUndone, "0", "1"),
                new("Mixed", "gone", ValueDeleted, "0", "1"),
                new("New", null, KeySuperseded, "0", "1"),
            ],
            Find(
                Tree("-Gone", "!New", "New|v=1", @"Back\Sub", "-Mixed|gone", "Mixed|back=1", "-Both"),
                Tree(@"Gone\Deep|v=1", "New|v=2", "-Back", "Mixed|gone=1", "-Mixed|back", "-Both")).OrderBy(c => c.Path).ThenBy(c => c.Value));

    [Fact]
    public void A_link_against_a_key_and_other_security_are_listed()
    {
        var (upper, lower) = (Tree("L", "S"), Tree("L", "S"));
        upper.Find("L")!.IsLink = true;
        upper.Find("S")!.Security = new byte[] { 1 };
        lower.Find("S")!.Security = new byte[] { 2 };
        Assert.Equal([new("L", null, Link, "0", "1"), new("S", null, Attributes, "0", "1")], Find(upper, lower));
    }

    [Fact]
    public void Layers_without_conflicts_either_way_stack_in_any_order()
    {
        var peaceful = 0;
        for (var seed = 0; seed < 4000; seed++)
        {
            var random = new Random(seed);
            var (first, second) = (Random(random, marks: true, depth: 1), Random(random, marks: true, depth: 1));
            var foundation = Random(random, marks: false, depth: 2);
            if (Find(first, second).Count + Find(second, first).Count > 0)
            {
                continue;
            }

            peaceful++;
            Assert.Equal(Content(first, second), Content(second, first));

            IEnumerable<string> Content(RegistryKey upper, RegistryKey lower) =>
                Lines(new RegistryStack([new("u", upper), new("l", lower)], new("base", foundation)).Compose())
                    .Select(line => line.ToUpperInvariant()).Order(StringComparer.Ordinal);
        }

        Assert.InRange(peaceful, 100, 3900);
    }
}
