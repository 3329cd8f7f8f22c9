using AppLayer.Activation;
using AppLayer.Footprint;
using VirtSpecs;
using VirtTools.Tests;
using VirtWorker.Tests.Applications;

namespace VirtWorker.Tests.Captures;

/// <summary>Nothing is left of an application outside of its writable layer; and what is planted is found.</summary>
[Collection(FootprintCollection.Name)]
public sealed class ApplicationFootprintTests(WineRoot wine) : IClassFixture<WineRoot>
{
    [RootFact]
    public async Task Of_a_Linux_application_nothing_is_left()
    {
        using var lab = new ApplicationLab();
        var name = $"vt-{Guid.NewGuid():N}"[..16];
        FootprintPlace[] places = [new("/etc"), new("/opt"), new("/usr/local"), new("/srv")];
        var before = await Take(lab, places, "before");

        lab.AddLayer(name, LayerPlatform.Linux, new()
        {
            [$"opt/{name}/run"] = $"#!/bin/sh\necho x > /etc/{name}; echo y > /usr/local/{name}; rm -f /etc/hostname; chmod 700 /srv; mkdir /opt/{name}/new; exit 3\n",
        });
        var application = lab.Create(name, name, $"/opt/{name}/run");
        Assert.Equal(3, (await lab.RunAsync(application)).ExitCode);
        lab.Host.Reset(application);
        lab.Host.Remove(application);
        lab.Layers.Remove(lab.Layers.Find(name).Id);
        Assert.Empty(await FootprintComparison.CompareAsync(before, await Take(lab, places, "after")));

        var planted = $"/usr/local/{name}";
        try
        {
            await File.WriteAllBytesAsync(planted, [1]);
            Assert.Contains(
                await FootprintComparison.CompareAsync(before, await Take(lab, places, "planted")),
                change => change.Kind == FootprintChangeKind.Added && change.Place == planted);
        }
        finally
        {
            File.Delete(planted);
        }
    }

    [WineFact]
    public async Task Of_a_Windows_application_nothing_is_left_in_the_prefix_below_all()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = $"vt-{Guid.NewGuid():N}"[..16];
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            ["drive_c/Program Files/Demo/demo.bat"] =
                "@echo off\r\necho x > C:\\windows\\planted.txt\r\nreg add HKLM\\Software\\Demo /v a /d b /f >nul\r\necho y >> C:\\windows\\win.ini\r\nexit /b 4\r\n",
        });
        var application = lab.Create(name, name, @"{ProgramFiles}\Demo\demo.bat");
        Assert.Equal(4, (await lab.RunAsync(application)).ExitCode);
        lab.Host.Reset(application);

        // Every byte of the base, its registry files among them: nobody may write to it.
        var prefix = BasePrefix.PathOf(wine.Root, WineInstallation.Find());
        FootprintPlace[] places = [new(prefix)];
        var before = await Take(lab, places, "before");
        Assert.Equal(4, (await lab.RunAsync(application)).ExitCode);
        lab.Host.Reset(application);
        lab.Host.Remove(application);
        Assert.Empty(await FootprintComparison.CompareAsync(before, await Take(lab, places, "after")));
        await lab.AssertNothingIsLeftAsync();

        var file = Path.Combine(prefix, "drive_c/windows/win.ini");
        var (content, time) = (await File.ReadAllBytesAsync(file), File.GetLastWriteTimeUtc(file));
        var ticks = Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, [.. content, (byte)' ']);
        File.SetLastWriteTimeUtc(file, time);
        var change = Assert.Single(await FootprintComparison.CompareAsync(before, await Take(lab, places, "planted")), change => change.Kind == FootprintChangeKind.Content);
        Assert.Equal(file, change.Place);
        await File.WriteAllBytesAsync(file, content);
        Assert.Equal(ticks, Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(file)!));
    }

    private static Task<FootprintSnapshot> Take(ApplicationLab lab, FootprintPlace[] places, string name) =>
        FootprintSnapshot.TakeAsync(places, Path.Combine(lab.Scratch, $"{name}.footprint"), null, lab.Token);
}
