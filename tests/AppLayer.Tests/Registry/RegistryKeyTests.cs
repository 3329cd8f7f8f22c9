using AppLayer.Registry;

namespace AppLayer.Tests.Registry;

public sealed class RegistryKeyTests
{
    [Fact]
    public void Names_are_found_in_any_case_and_keep_theirs()
    {
        var root = new RegistryKey("");
        root.Create(@"Software\Näme").Set(new("Path", RegistryValueType.String, new byte[] { 65, 0, 0, 0 }));

        var key = root.Find(@"SOFTWARE\nÄME")!;
        Assert.Equal("Näme", key.Name);
        Assert.True(key.TryGetValue("PATH", out var value));
        Assert.Equal("Path", value.Name);
        Assert.Same(key, root.Create(@"software\NÄME"));
        Assert.Null(root.Find(@"Software\Other"));
    }

    [Fact]
    public void Values_stay_in_the_order_in_which_they_were_first_set()
    {
        var key = new RegistryKey("k");
        foreach (var name in new[] { "b", "a", "c", "A" })
        {
            key.Set(new(name, RegistryValueType.Binary, new byte[] { 1 }));
        }

        Assert.Equal(["b", "A", "c"], key.Values.Select(value => value.Name));
    }

    [Fact]
    public void Times_that_no_calendar_holds_are_kept()
    {
        Assert.False(new FileTime(ulong.MaxValue).TryToDateTime(out _));
        Assert.False(default(FileTime).TryToDateTime(out _));
        var now = new DateTime(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);
        Assert.True(FileTime.From(now).TryToDateTime(out var back));
        Assert.Equal(now, back);
    }
}
