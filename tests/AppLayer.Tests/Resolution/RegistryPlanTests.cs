using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Resolution;
using VirtFoundation;
using VirtSpecs;
using static AppLayer.Tests.Registry.Stacking.RegistryTrees;

namespace AppLayer.Tests.Resolution;

public class RegistryPlanTests
{
    [Fact]
    public void The_resolver_and_the_composed_registry_agree()
    {
        var seed = System.Random.Shared.Next();
        for (var i = 0; i < 300; i++, seed = unchecked(seed + 1))
        {
            var random = new System.Random(seed);
            RegistryKey Root(bool marks) => Below(Random(random, marks));
            var foundation = Root(marks: false);
            var all = Keys(foundation).ToArray();
            var rules = Enumerable.Range(0, random.Next(4)).Select(_ => Rule(all[random.Next(all.Length)], random.Next(3) switch
            {
                0 => IsolationMode.Hide, 1 => IsolationMode.Data, _ => IsolationMode.Isolate,
            })).ToList();
            var layers = Enumerable.Range(0, random.Next(4)).Select(n => new RegistryLayer($"l{n}", Root(marks: true))).ToList();
            var (writable, data) = (Root(marks: true), Root(marks: true));
            var plan = new RegistryPlan(rules, writable, data, layers, foundation);
            var composed = plan.Stack.Compose();
            var places = layers.Select(layer => layer.Tree).Append(foundation).Append(writable).Append(data).SelectMany(Keys).Distinct();
            foreach (var place in places)
            {
                var answer = plan.Resolve(Shown(place));
                var key = composed.Find(place);
                Assert.True(answer.Exists == (key is not null), $"'{place}' (seed {seed})");
                foreach (var name in (string[])["A", "B", "C", "Clsid", ""])
                {
                    RegistryValue? value = null;
                    Assert.True(plan.Resolve(Shown(place), name).Exists == (key?.TryGetValue(name, out value) == true), $"'{place}|{name}' (seed {seed})");
                }
            }
        }
    }

    [Fact]
    public void A_hidden_key_shows_what_layers_have_and_what_is_shown_again()
    {
        var foundation = Tree(@"Machine\Soft\A|x=base", @"Machine\Soft\A\Deep|x=base", @"Machine\Soft\B|x=base", @"Machine\Other|x=base");
        var layer = new RegistryLayer("node", Tree(@"Machine\Soft\C|x=layer"));
        var plan = new RegistryPlan(
            [Rule(@"Machine\Soft", IsolationMode.Hide), Rule(@"Machine\Soft\A", IsolationMode.Isolate), Rule(@"Machine\Soft\A\Deep", IsolationMode.Hide)],
            null, null, [layer], foundation);
        Assert.Equal(
            ["Machine", @"Machine\Other", @"Machine\Other|x=base", @"Machine\Soft", @"Machine\Soft\A", @"Machine\Soft\A|x=base", @"Machine\Soft\C", @"Machine\Soft\C|x=layer"],
            Lines(plan.Stack.Compose()));
        var hidden = plan.Resolve(@"HKLM:\Soft\B", "x");
        Assert.False(hidden.Exists);
        Assert.Contains(hidden.Parties, party => party.Reason.Contains("rule hides", StringComparison.Ordinal));
        Assert.Equal(("base system", PartyKind.Base), (plan.Resolve(@"HKLM\Soft\A", "x").Winner, plan.Resolve(@"HKLM\Soft\A", "x").WinnerKind));
        Assert.Equal("node", plan.Resolve(@"HKLM\Soft\C").Winner);
    }

    [Fact]
    public void Changes_to_data_keys_survive_a_reset_and_no_others()
    {
        var plan = new RegistryPlan(
            [Rule(@"CurrentUser\Demo", IsolationMode.Data), Rule(@"CurrentUser\Demo\Cache", IsolationMode.Isolate)], null, null, [], Tree(@"CurrentUser\Demo|x=base"));
        var changes = Tree(@"CurrentUser\Demo|x=1", @"-CurrentUser\Demo|y", @"CurrentUser\Demo\Cache|c=1", @"-CurrentUser\Gone", @"CurrentUser\Other|o=1");
        var (writable, data) = plan.Divide(changes);
        Assert.Equal(["CurrentUser", @"CurrentUser\Demo", @"CurrentUser\Demo|x=1", @"-CurrentUser\Demo|y"], Lines(data));
        Assert.Equal(
            ["CurrentUser", @"CurrentUser\Demo", @"CurrentUser\Demo\Cache", @"CurrentUser\Demo\Cache|c=1", @"-CurrentUser\Gone", @"CurrentUser\Other", @"CurrentUser\Other|o=1"],
            Lines(writable));
        Assert.Equal(PartyKind.Data, plan.Resolve(@"HKCU\Demo").WriterKind);
        Assert.Equal(PartyKind.Writable, plan.Resolve(@"HKCU\Demo\Cache").WriterKind);
    }

    [Theory]
    [InlineData("")]
    [InlineData(@"HKCR\.txt")]
    [InlineData(@"Software\Demo")]
    public void What_is_no_key_is_refused(string path) =>
        Assert.Throws<VirtException>(() => new RegistryPlan([], null, null, [], new("")).Resolve(path));

    private static IsolationRule Rule(string place, IsolationMode mode) => new() { Path = Shown(place), Mode = mode };

    private static string Shown(string place) =>
        place.Replace("Machine", "HKLM", StringComparison.Ordinal).Replace("CurrentUser", "HKCU", StringComparison.Ordinal);

    private static RegistryKey Below(RegistryKey tree)
    {
        var machine = new RegistryKey("Machine");
        foreach (var key in tree.Subkeys) machine.Add(key);
        foreach (var value in tree.Values) machine.Set(value);
        var root = new RegistryKey("");
        root.Add(machine);
        return root;
    }

    private static IEnumerable<string> Keys(RegistryKey key) => key.Subkeys.SelectMany(subkey => Keys(subkey).Select(path => $@"{subkey.Name}\{path}").Prepend(subkey.Name));
}
