using System.Diagnostics;

namespace VirtSpecs.Tests;

public class TextFormTests
{
    private static readonly string[] Units = ["/", "\\", "/a", "\\.", "/..", "/. ", "/**", "*", "/*a", "a", ".", " ", "{", "{A}", "}", ":", "/a.deb", "A.", "="];

    [Fact]
    public void No_text_is_looked_at_for_long()
    {
        foreach (var form in Enum.GetValues<TextForm>())
        {
            var type = new TextType(form, int.MaxValue);
            foreach (var prefix in new[] { "", "/", "{A}", "HKCU", "HKCU\\a", "C:", "a", "**" })
            {
                foreach (var unit in Units)
                {
                    foreach (var end in new[] { "", "/", "\\", "..", "**", "\n", "{" })
                    {
                        var text = string.Concat(Enumerable.Repeat(unit, (4090 - prefix.Length) / unit.Length));
                        var watch = Stopwatch.StartNew();
                        type.Check($"{prefix}{text}{end}", "", new(null, false));
                        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{form} takes {watch.Elapsed} for {prefix}, many {unit}, {end}.");
                    }
                }
            }
        }
    }
}
