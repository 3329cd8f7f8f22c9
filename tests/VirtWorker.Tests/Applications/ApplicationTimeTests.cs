using System.Diagnostics;
using AppLayer.Activation;
using VirtSpecs;
using Xunit.Abstractions;

namespace VirtWorker.Tests.Applications;

/// <summary>Figures that are told, not judged: a computer under test is a noisy one.</summary>
public sealed class ApplicationTimeTests(WineRoot wine, ITestOutputHelper output) : IClassFixture<WineRoot>
{
    private const int Rounds = 5;

    [WineFact]
    public async Task Time_of_a_virtual_Windows_program_beside_plain_Wine_is_told()
    {
        using var lab = new ApplicationLab(wine.Root);
        lab.AddLayer("timed", LayerPlatform.Windows, new() { ["drive_c/Program Files/Timed/file.txt"] = "x" });
        var id = lab.Create(new() { Name = "timed", Layers = [new("timed")], Command = "cmd", Arguments = ["/c", "exit 3"] });
        await lab.RunAsync(id);
        var installation = WineInstallation.Find();
        var plain = Path.Combine(lab.Scratch, "plain");
        using (var copy = Process.Start("cp", ["-a", BasePrefix.PathOf(wine.Root, installation), plain]))
        {
            await copy.WaitForExitAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(3, RunPlain(installation, plain, installation.Loader, "cmd", "/c", "exit 3"));
            var plainTime = clock.Elapsed;
            RunPlain(installation, plain, installation.Server, "-w");
            clock.Restart();
            var program = await lab.StartAsync(id);
            var started = clock.Elapsed;
            Assert.Equal(3, await lab.Host.WaitAsync(id, program.Number, lab.Token));
            var ended = clock.Elapsed;
            await lab.Host.WaitForEndAsync(id, lab.Token);
            output.WriteLine($"plain {plainTime.TotalMilliseconds:0} ms; virtual: started {started.TotalMilliseconds:0}, ended {ended.TotalMilliseconds:0}, "
                + $"recorded {clock.Elapsed.TotalMilliseconds:0} ms; ratio {ended / plainTime:0.00}");
        }

        foreach (var found in lab.Host.GetEvents(id).TakeLast(9))
        {
            output.WriteLine($"{found.Time:ss.fff} {found.Name} {found.Detail}");
        }
    }

    [LinuxFact]
    public async Task Time_to_reset_is_told()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("many", LayerPlatform.Linux, new()
        {
            ["opt/many"] = "#!/bin/sh\nmkdir -p /opt/d; cd /opt/d; i=0; while [ $i -lt 5000 ]; do echo x > f$i; i=$((i+1)); done\n",
        });
        var id = lab.Create("many", "many", "/opt/many");
        for (var round = 0; round < Rounds; round++)
        {
            await lab.RunAsync(id);
            Assert.Equal(5000, Directory.GetFiles(Path.Combine(lab.Host.GetWritableTree(id), "opt/d")).Length);
            var clock = Stopwatch.StartNew();
            lab.Host.Reset(id);
            output.WriteLine($"reset of 5,000 files: {clock.Elapsed.TotalMilliseconds:0.0} ms");
            await lab.Host.SweepAsync(id, lab.Token);
        }
    }

    private static int RunPlain(WineInstallation wine, string prefix, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        foreach (var (name, value) in WineEnvironment.Make(ProgramEnvironment.OfThisProcess(), wine, prefix, Path.GetDirectoryName(prefix)!))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode;
    }
}
