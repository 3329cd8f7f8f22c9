using AppLayer.Files;
using AppLayer.Paths;
using VirtSpecs;

namespace AppLayer.Tests.Files;

public sealed class LayerLayoutTests
{
    [Theory]
    [InlineData("{ProgramFiles}/nodejs/node.exe", "drive_c/Program Files/nodejs/node.exe")]
    [InlineData("{System}/drivers/etc/hosts", "drive_c/windows/system32/drivers/etc/hosts")]
    [InlineData("{AppData}/npm", "drive_c/users/user/AppData/Roaming/npm")]
    [InlineData("{SystemDrive}/autoexec.bat", "drive_c/autoexec.bat")]
    public void Windows_files_lie_where_a_prefix_has_them(string path, string place)
    {
        Assert.Equal(place, LayerLayout.Windows.PlaceOf(path));
        Assert.Equal(path, LayerLayout.Windows.PathOf(place));
    }

    [Fact]
    public void A_directory_in_other_case_is_the_same_root() =>
        Assert.Equal("{ProgramFiles}/App", LayerLayout.Windows.PathOf("drive_c/program files/App"));

    [Theory]
    [InlineData("{Root}/usr/bin/env", "usr/bin/env")]
    [InlineData("{Root}", "")]
    public void Linux_files_lie_below_the_root_directory(string path, string place)
    {
        Assert.Equal(place, LayerLayout.For(LayerPlatform.Linux).PlaceOf(path));
        Assert.Equal(path, LayerLayout.For(LayerPlatform.Linux).PathOf(place));
    }

    [Fact]
    public void What_Wine_keeps_beside_its_drive_is_no_content()
    {
        Assert.Null(LayerLayout.Windows.PathOf("system.reg"));
        Assert.Null(LayerLayout.Windows.PathOf("dosdevices/c:"));
    }

    [Fact]
    public void An_unknown_root_is_refused() =>
        Assert.Throws<PathTokenException>(() => LayerLayout.Linux.PlaceOf("{ProgramFiles}/x"));
}
