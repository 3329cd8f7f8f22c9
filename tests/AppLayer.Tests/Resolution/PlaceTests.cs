using AppLayer.Resolution;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Tests.Resolution;

public class PlaceTests
{
    [Theory]
    [InlineData(LayerPlatform.Windows, @"{ProgramFiles}\nodejs\node.exe", "drive_c/Program Files/nodejs/node.exe")]
    [InlineData(LayerPlatform.Windows, @"c:\windows", "drive_c/windows")]
    [InlineData(LayerPlatform.Windows, @"C:\", "drive_c")]
    [InlineData(LayerPlatform.Linux, "{Root}/usr//bin/", "usr/bin")]
    [InlineData(LayerPlatform.Linux, "/", "")]
    public void Paths_as_programs_write_them_are_places(LayerPlatform platform, string path, string place) => Assert.Equal(place, Place.Parse(path, platform));

    [Theory]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/usr/../../etc")]
    [InlineData("/./x")]
    [InlineData("{Root}/..")]
    [InlineData("{NoSuchRoot}/x")]
    [InlineData("{Root")]
    [InlineData("/a\0b")]
    public void What_leads_elsewhere_is_refused(string path) =>
        Assert.Equal(VirtErrorCode.ParameterInvalid, Assert.Throws<VirtException>(() => Place.Parse(path, LayerPlatform.Linux)).Code);

    [Fact]
    public void Names_and_paths_have_the_lengths_that_the_system_has()
    {
        Assert.Throws<VirtException>(() => Place.Parse("/" + new string('x', 256), LayerPlatform.Linux));
        Assert.Throws<VirtException>(() => Place.Parse("/" + new string('é', 128), LayerPlatform.Linux));
        Assert.Throws<VirtException>(() => Place.Parse("/" + string.Join('/', Enumerable.Repeat("xxx", 2000)), LayerPlatform.Linux));
        Assert.Equal(255, Place.Parse("/" + new string('x', 255), LayerPlatform.Linux).Length);
    }

    [Fact]
    public void No_text_at_all_leads_out_of_the_root()
    {
        string[] parts = ["..", ".", "/", "\\", "{Root}", "{ProgramFiles}", "{", "}", "C:", "c:", "a", "\0", " ", "{System~u}", "é", "%2e%2e", "....", "//", ":"];
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var places = 0;
        for (var i = 0; i < 20000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]));
            foreach (var platform in Enum.GetValues<LayerPlatform>())
            {
                try
                {
                    var place = Place.Parse(text, platform);
                    places++;
                    Assert.True(Path.GetFullPath(Place.On("/root/of/view", place)).StartsWith("/root/of/view", StringComparison.Ordinal)
                        || OperatingSystem.IsWindows(), $"'{text}' gave '{place}' (seed {seed}).");
                    Assert.DoesNotContain(Place.Parts(place), part => part is "" or "." or "..");
                }
                catch (VirtException e)
                {
                    Assert.Equal(VirtErrorCode.ParameterInvalid, e.Code);
                }
            }
        }

        Assert.InRange(places, 100, int.MaxValue);
    }
}
