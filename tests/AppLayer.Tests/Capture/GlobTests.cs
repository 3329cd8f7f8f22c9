using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using AppLayer.Capture.Noise;
using VirtSpecs;

namespace AppLayer.Tests.Capture;

public class GlobTests
{
    [Theory]
    [InlineData("{Temp}/**", "drive_c/users/user/AppData/Local/Temp/a/b", true)]
    [InlineData("{Temp}/**", "drive_c/users/user/AppData/Local/Temp", false)]
    [InlineData("{LocalAppData}/Temp/**", "drive_c/users/user/AppData/Local/Temp/a", true)]
    [InlineData(@"{windows}\installer\*.TMP", "drive_c/windows/Installer/x.tmp", true)]
    [InlineData("{Windows}/Installer/*.tmp", "drive_c/windows/Installer/x/y.tmp", false)]
    [InlineData("{Windows}/*.log", "drive_c/windows/setup.log", true)]
    [InlineData("{Windows}/**/*.log", "drive_c/windows/setup.log", true)]
    [InlineData("{Windows}/**/a/**/b", "drive_c/windows/x/a/y/z/a/b", true)]
    [InlineData("**/Thumbs.db", "drive_c/a/b/thumbs.DB", true)]
    [InlineData("{SystemDrive}/a?c", "drive_c/abc", true)]
    [InlineData("{SystemDrive}/a?c", "drive_c/ac", false)]
    [InlineData("{SystemDrive}/*", "drive_c/.hidden", true)]
    [InlineData(@"HKLM\Software\Wine\*", "Machine/software/WINE/Debug", true)]
    [InlineData(@"HKCU\Software\**", "CurrentUser/Software/a/b/value", true)]
    [InlineData(@"HKCU\Software\**", "CurrentUser/Software", false)]
    [InlineData(@"HKEY_USERS\.DEFAULT\Software", "DefaultUser/Software", true)]
    public void Patterns_of_Windows_match_places_in_any_case(string pattern, string place, bool expected) =>
        Assert.Equal(expected, PlacePattern.Parse(pattern, LayerPlatform.Windows).IsMatch(place.Split('/')));

    [Theory]
    [InlineData("{Root}/var/log/**", "var/log/a", true)]
    [InlineData("{Root}/var/log/**", "var/LOG/a", false)]
    [InlineData("{Root}/**/*.dpkg-new", "usr/bin/x.dpkg-new", true)]
    [InlineData("{Root}/**/*.dpkg-new", "x.dpkg-new", true)]
    public void Patterns_of_Linux_match_places_as_they_are_spelled(string pattern, string place, bool expected) =>
        Assert.Equal(expected, PlacePattern.Parse(pattern, LayerPlatform.Linux).IsMatch(place.Split('/')));

    [Theory]
    [InlineData("Temp/**", LayerPlatform.Windows)]
    [InlineData("{Root}/tmp", LayerPlatform.Windows)]
    [InlineData("{Temp}/**", LayerPlatform.Linux)]
    [InlineData(@"HKLM\Software", LayerPlatform.Linux)]
    [InlineData(@"HKCR\x", LayerPlatform.Windows)]
    [InlineData("", LayerPlatform.Linux)]
    public void What_is_no_pattern_of_the_platform_is_refused(string pattern, LayerPlatform platform) =>
        Assert.Throws<FormatException>(() => PlacePattern.Parse(pattern, platform));

    [Fact]
    public void Names_match_as_a_regular_expression_says()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var (name, pattern) = (Text("ab", 8), Text("ab*?", 6));
            var regex = $"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}$";
            Assert.Equal(Regex.IsMatch(name, regex), Glob.IsNameMatch(name, pattern, ignoreCase: false));
        }

        string Text(string letters, int longest) => new([.. Enumerable.Range(0, random.Next(longest)).Select(_ => letters[random.Next(letters.Length)])]);
    }

    [Fact]
    public void Paths_match_as_a_regular_expression_says()
    {
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var path = Segments(["a", "b"], 7);
            var pattern = Segments(["a", "b", "*", "**"], 5);
            var regex = new StringBuilder("^");
            for (var at = 0; at < pattern.Length; at++)
            {
                regex.Append(pattern[at] != "**" ? pattern[at].Replace("*", "[^/]*", StringComparison.Ordinal) + "/"
                    : at == pattern.Length - 1 ? "([^/]+/)+"
                    : pattern[at + 1] == "**" && pattern[at..].All(segment => segment == "**") ? "" : "([^/]+/)*");
            }

            Assert.Equal(Regex.IsMatch(string.Concat(path.Select(name => name + "/")), regex.Append('$').ToString()), Glob.IsMatch(path, pattern, ignoreCase: false));
        }

        string[] Segments(string[] names, int longest) => [.. Enumerable.Range(0, random.Next(longest)).Select(_ => names[random.Next(names.Length)])];
    }

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_the_product_of_the_lengths()
    {
        var watch = Stopwatch.StartNew();
        Assert.False(Glob.IsNameMatch(new string('a', 4000), string.Concat(Enumerable.Repeat("a*", 1000)) + "b", ignoreCase: true));
        string[] path = [.. Enumerable.Repeat("a", 1000)];
        string[] pattern = [.. Enumerable.Repeat<string[]>(["**", "a"], 300).SelectMany(two => two), "b"];
        Assert.False(Glob.IsMatch(path, pattern, ignoreCase: true));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }
}
