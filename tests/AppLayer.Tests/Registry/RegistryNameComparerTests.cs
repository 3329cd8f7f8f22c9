using AppLayer.Registry;

namespace AppLayer.Tests.Registry;

public sealed class RegistryNameComparerTests
{
    [Theory]
    [InlineData("Software", "SOFTWARE", true)]
    [InlineData("näme", "NÄME", true)]
    [InlineData("Ключ", "кЛЮЧ", true)]
    [InlineData("µ", "Μ", false)] // The micro sign: its capital Μ leads back to μ.
    [InlineData("ς", "Σ", false)]
    [InlineData("ſ", "S", false)]
    [InlineData("ა", "Ა", false)] // Georgian capitals are of Unicode 11.
    [InlineData("a", "ab", false)]
    [InlineData("a_", "aB", false)]
    public void Names_are_one_when_windows_takes_them_for_one(string left, string right, bool same)
    {
        Assert.Equal(same, RegistryNameComparer.Instance.Equals(left, right));
        Assert.Equal(same, RegistryNameComparer.Instance.Compare(left, right) == 0);
        var key = new RegistryKey("");
        key.Create(left);
        key.Set(new(left, RegistryValueType.Binary, new byte[1]));
        Assert.Equal((same, same), (key.TryGetSubkey(right, out _), key.TryGetValue(right, out _)));
        if (same)
        {
            Assert.Equal(RegistryNameComparer.Instance.GetHashCode(left), RegistryNameComparer.Instance.GetHashCode(right));
        }
    }

    [Fact]
    public void Keys_hold_what_sets_hold_whatever_comes_and_goes()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 12; round++)
        {
            var (key, names, values) = (new RegistryKey(""), new SortedSet<string>(RegistryNameComparer.Instance), new List<string>());
            var several = round % 3 == 0 ? 4000 : 12;
            for (var edit = 0; edit < several * 3; edit++)
            {
                var name = (round % 2 == 0 ? "k" : "K") + random.Next(several);
                switch (random.Next(4))
                {
                    case 0:
                        Assert.Equal(names.Remove(name), key.Remove(name));
                        var at = values.FindIndex(value => RegistryNameComparer.Instance.Equals(value, name));
                        Assert.Equal(at >= 0, key.RemoveValue(name));
                        if (at >= 0) values.RemoveAt(at);
                        break;
                    case 1 when names.Contains(name):
                        Assert.Throws<ArgumentException>(() => key.Add(new(name)));
                        break;
                    default:
                        key.Create(name);
                        names.Add(name);
                        key.Set(new(name, RegistryValueType.None, default));
                        if (!values.Contains(name, RegistryNameComparer.Instance)) values.Add(name);
                        break;
                }
            }

            var found = new List<string>();
            foreach (var subkey in key.Subkeys) found.Add(subkey.Name);
            Assert.Equal(names, found);
            Assert.Equal(values, key.Values.Select(value => value.Name));
            Assert.All(names, name => Assert.True(key.TryGetSubkey(name, out _)));
        }
    }

    [Fact]
    public void What_changes_on_the_way_is_told()
    {
        var key = new RegistryKey("");
        key.Create("a");
        key.Create("b");
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var subkey in key.Subkeys) key.Remove(subkey.Name);
        });
    }
}
