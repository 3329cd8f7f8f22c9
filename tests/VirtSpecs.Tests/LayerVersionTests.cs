using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Tests;

public class LayerVersionTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(20260807, 1);

    private static Gen<string> Versions =>
        from length in Gen.Choose(1, 6)
        from parts in Gen.Elements("0", "1", "01", "10", "a", "A", "rc", ".", "-", "+", "_").ArrayOf(length)
        select string.Concat(parts);

    [Fact]
    public void Versions_stand_in_the_order_in_which_they_were_made()
    {
        string[] inOrder =
        [
            "0.9", "1.0-alpha", "1.0-rc1", "1.0-rc2", "1.0-rc10", "1.0", "1.0a", "1.0b", "1.0+fix", "1.0.0", "1.0.1", "1.0-2", "1.0.3", "1.0-10", "1.2",
            "1.10", "2", "18.20.8", "20.11.1", "22.3.10", "22.23.3", "99999999999999999999", "100000000000000000000",
        ];
        Assert.Equal(inOrder, inOrder.Reverse().Order(LayerVersion.Comparer));
        Assert.All(inOrder, version => Assert.True(LayerVersion.IsVersion(version)));
    }

    [Fact]
    public void Debian_agrees_on_the_order_of_plain_versions_and_revisions()
    {
        // dpkg --compare-versions says the same of each pair of neighbours.
        string[] inOrder = ["2.10-1", "2.10-2", "2.10-10", "2.11-1", "2.100-1", "10.0-1"];
        Assert.Equal(inOrder, inOrder.Reverse().Order(LayerVersion.Comparer));
    }

    [Fact]
    public void The_order_is_total_and_only_case_makes_no_difference() =>
        Prop.ForAll(Versions.Three().ToArbitrary(), versions =>
        {
            var (a, b, c) = versions;
            var (ab, bc, ac) = (Sign(a, b), Sign(b, c), Sign(a, c));
            Assert.Equal(-ab, Sign(b, a));
            Assert.Equal(ab == 0, string.Equals(a, b, StringComparison.OrdinalIgnoreCase));
            Assert.True(ab > 0 || bc > 0 || ac <= 0, $"{a} ≤ {b} ≤ {c}, but {a} > {c}.");
        }).Check(Seeded);

    [Theory]
    [InlineData("")]
    [InlineData(".1")]
    [InlineData("-1")]
    [InlineData("1 0")]
    [InlineData("1@0")]
    [InlineData("1/0")]
    [InlineData("1\n")]
    [InlineData("ä")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void What_is_no_version_is_refused(string text)
    {
        Assert.False(LayerVersion.IsVersion(text));
        Assert.True(text.Length > LayerVersion.MaximumLength || text.EndsWith('\n') || !Regex.IsMatch(text, LayerVersion.Pattern));
    }

    private static int Sign(string a, string b) => Math.Sign(LayerVersion.Compare(a, b));
}
