using AppLayer.Capture.Installers;
using VirtSpecs;

namespace AppLayer.Tests.Capture.Installers;

/// <summary>What is made of exit codes, whose last 8 bits are all that Wine passes on.</summary>
public sealed class InstallerExitTests
{
    [Fact]
    public void Codes_of_Windows_are_recognised_by_their_last_8_bits_where_no_more_arrives()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var fatal = InstallerExit.Judge(1603 & 0xff, LayerPlatform.Windows, "setup.msi", []);
        Assert.Equal((1603, false), (fatal.Code, fatal.IsSuccess));
        Assert.Equal(
            "1603 (a fatal error during the installation), or with another code whose last 8 bits are 67: Wine passes on no more of it",
            fatal.Describe(67, LayerPlatform.Windows));
        Assert.Equal(
            "an exit code whose last 8 bits are 44: Wine passes on no more of it",
            InstallerExit.Judge(44, LayerPlatform.Windows, "setup.exe", []).Describe(44, LayerPlatform.Windows));
        Assert.True(InstallerExit.Judge(44, LayerPlatform.Windows, "setup.exe", [300]).IsSuccess);
        Assert.True(InstallerExit.Judge(3010 & 0xff, LayerPlatform.Windows, "setup.msi", []).RestartWanted);
    }

    [Fact]
    public void Codes_of_Linux_are_what_they_are()
    {
        Assert.False(InstallerExit.Judge(44, LayerPlatform.Linux, "setup", [300]).IsSuccess);
        Assert.Equal("44", InstallerExit.Judge(44, LayerPlatform.Linux, "setup", []).Describe(44, LayerPlatform.Linux));
        Assert.Equal("137 (signal 9)", InstallerExit.Judge(137, LayerPlatform.Linux, "setup", []).Describe(137, LayerPlatform.Linux));
    }
}
