using System.Text.RegularExpressions;

namespace VirtSpecs.Tests;

public class LayerReferenceTests
{
    [Theory]
    [InlineData("node", "node", null)]
    [InlineData("node@22.23.3", "node", "22.23.3")]
    [InlineData("7zip-bin_x64@1.0+a_b-c", "7zip-bin_x64", "1.0+a_b-c")]
    public void References_are_read_and_written(string text, string name, string? version)
    {
        var reference = LayerReference.Parse(text);
        Assert.Equal((name, version), (reference.Name, reference.Version));
        Assert.Equal(text, reference.ToString());
        Assert.Equal(reference, new LayerReference(name, version));
        Assert.Matches(LayerReference.Pattern, text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@1")]
    [InlineData("node@")]
    [InlineData("node@1@2")]
    [InlineData("no de")]
    [InlineData("../node")]
    [InlineData("node@../1")]
    [InlineData("node@ 1")]
    [InlineData("node\n")]
    [InlineData("node@1\n")]
    [InlineData("n234567890123456789012345678901234567890123456789012345678901234")]
    public void What_is_no_reference_is_refused(string text)
    {
        Assert.False(LayerReference.TryParse(text, out var reference));
        Assert.Equal(default, reference);
        Assert.Throws<FormatException>(() => LayerReference.Parse(text));
        Assert.True(text.EndsWith('\n') || !Regex.IsMatch(text, LayerReference.Pattern));
    }

    [Fact]
    public void Nothing_is_no_reference()
    {
        Assert.False(LayerReference.TryParse(null, out _));
        Assert.Equal("", default(LayerReference).ToString());
        Assert.Throws<ArgumentException>(() => new LayerReference("a@b"));
        Assert.Throws<ArgumentException>(() => new LayerReference("a", ""));
    }

    [Fact]
    public void Case_does_not_distinguish_layers()
    {
        var (a, b) = (LayerReference.Parse("Node@1.0-RC1"), LayerReference.Parse("node@1.0-rc1"));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, LayerReference.Parse("node"));
    }

    [Theory]
    [InlineData("node", "node@22.23.3")]
    [InlineData("NODE", "node@22.23.3")]
    [InlineData("node@18.20.8", "node@18.20.8")]
    [InlineData("node@18", null)]
    [InlineData("nod", null)]
    public void A_version_is_taken_as_it_is_said_and_else_the_newest(string text, string? expected)
    {
        LayerReference[] layers = [new("node", "22.3.10"), new("node", "22.23.3"), new("base", "99"), new("node", "18.20.8"), new("node")];
        Assert.Equal(expected is not null, LayerReference.Parse(text).TryResolve(layers, out var found));
        Assert.Equal(expected ?? "", found.ToString());
    }
}
