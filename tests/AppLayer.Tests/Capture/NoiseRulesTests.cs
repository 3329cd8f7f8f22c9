using AppLayer.Capture;
using AppLayer.Capture.Noise;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Tests.Capture;

public class NoiseRulesTests
{
    [Theory]
    [InlineData("drive_c/users/user/AppData/Local/Temp/nsa1.tmp", true)]
    [InlineData("drive_c/users/user/Temp/x", true)]
    [InlineData("drive_c/windows/Installer/3f2a.msi", false)]
    [InlineData("drive_c/windows/Installer/3f2a.tmp", true)]
    [InlineData("drive_c/Program Files/Demo/demo.exe", false)]
    [InlineData("drive_c/Program Files/Demo/app.log", false)]
    [InlineData("drive_c/windows/setupact.log", true)]
    [InlineData("drive_c/users/user/AppData/Roaming/Microsoft/Windows/Recent/a.lnk", true)]
    public void Built_in_rules_know_what_Windows_writes_by_itself(string place, bool isNoise) => Expect(LayerPlatform.Windows, place, isNoise);

    [Theory]
    [InlineData("var/cache/apt/archives/x.deb", true)]
    [InlineData("var/lib/dpkg/status", false)]
    [InlineData("var/lib/dpkg/status-old", true)]
    [InlineData("usr/bin/x.dpkg-new", true)]
    [InlineData("var/log/dpkg.log", true)]
    [InlineData("etc/nginx/nginx.conf", false)]
    [InlineData("tmp/x/y", true)]
    public void Built_in_rules_know_what_Linux_writes_by_itself(string place, bool isNoise) => Expect(LayerPlatform.Linux, place, isNoise);

    [Fact]
    public void Every_built_in_rule_says_why()
    {
        foreach (var platform in Enum.GetValues<LayerPlatform>())
        {
            foreach (var (pattern, reason) in Lines(NoiseRules.BuiltIn(platform)))
            {
                Assert.False(string.IsNullOrEmpty(reason), pattern);
                PlacePattern.Parse(pattern.TrimStart('!'), platform);
            }
        }

        static IEnumerable<(string, string)> Lines(string text)
        {
            var reason = "";
            foreach (var line in text.Split('\n'))
            {
                reason = line.StartsWith('#') ? line[1..].Trim() : reason;
                if (line.Length > 0 && !line.StartsWith('#'))
                {
                    yield return (line, reason);
                }
            }
        }
    }

    [Fact]
    public void A_specs_rules_go_before_the_built_in_ones_and_what_it_includes_before_what_it_excludes()
    {
        var rules = NoiseRules.Parse("# why\n{Root}/var/log/**\n!{Root}/var/log/keep", "test", LayerPlatform.Linux, new()
        {
            Exclude = ["{Root}/opt/**", "{Root}/var/log/keep"],
            Include = ["{Root}/opt/a/b", "{Root}/var/log/app/**"],
        });
        Assert.Null(rules.Find(["var", "log", "app", "x"], false, null));
        Assert.Equal(("{Root}/var/log/**", "why", NoiseSource.Rules), Tell(rules.Find(["var", "log", "other"], false, null)));
        Assert.Equal(("{Root}/var/log/keep", "the spec's rules.exclude", NoiseSource.Spec), Tell(rules.Find(["var", "log", "keep"], false, null)));
        var opt = rules.Find(["opt", "a"], false, null);
        Assert.NotNull(opt);
        Assert.Null(rules.Find(["opt", "a", "b"], false, opt));
        Assert.Same(opt, rules.Find(["usr", "in", "it"], false, opt));

        static (string, string, NoiseSource) Tell(NoiseRule? rule) => (rule!.Pattern.Text, rule.Reason, rule.Source);
    }

    [Fact]
    public void An_administrators_file_takes_the_place_of_the_built_in_rules()
    {
        var folder = Directory.CreateTempSubdirectory("noise");
        try
        {
            var root = VirtRoot.At(folder.FullName);
            File.WriteAllText(Path.Combine(folder.FullName, "noise-linux.txt"), "# ours\n{Root}/etc/**\n");
            var rules = NoiseRules.For(LayerPlatform.Linux, new(), root);
            Assert.Equal("ours", rules.Find(["etc", "x"], false, null)?.Reason);
            Assert.Null(rules.Find(["var", "log", "x"], false, null));
            File.WriteAllText(Path.Combine(folder.FullName, "noise-linux.txt"), "{Root}/ok\n\nnonsense\n");
            var error = Assert.Throws<VirtException>(() => NoiseRules.For(LayerPlatform.Linux, new(), root));
            Assert.Contains("noise-linux.txt', line 3", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_specs_pattern_that_is_none_is_told_with_its_place()
    {
        var error = Assert.Throws<VirtException>(() => NoiseRules.For(LayerPlatform.Linux, new() { Exclude = ["{Temp}/**"] }));
        Assert.Equal(VirtErrorCode.SpecInvalid, error.Code);
        Assert.Contains("rules.exclude", error.Message, StringComparison.Ordinal);
    }

    private static void Expect(LayerPlatform platform, string place, bool isNoise)
    {
        var rules = NoiseRules.For(platform, new());
        var segments = place.Split('/');
        NoiseRule? rule = null;
        for (var i = 1; i <= segments.Length; i++)
        {
            rule = rules.Find(segments.AsSpan(0, i), isRegistry: false, rule);
        }

        Assert.Equal(isNoise, rule is not null);
    }
}
