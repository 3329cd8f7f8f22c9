using System.Diagnostics;
using AppLayer.Activation;
using VirtFoundation;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Applications;

/// <summary>
/// A Windows program that ends at once, from the call to the knowledge of its exit code: worker, view, registry, wineserver. Plain Wine starts
/// the same program in a prefix that it made itself.
/// </summary>
internal sealed class WindowsProgramStartFigure : Figure
{
    private const int ExitCode = 3;

    private ApplicationFixture? _fixture;
    private WineInstallation? _wine;
    private string _prefix = "";

    internal override string Name => "start of a virtual Windows program";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? GoalRatio => 1 / 1.1;

    internal override string Peer => "plain Wine";

    internal override void Prepare()
    {
        try
        {
            _wine = WineInstallation.Find();
        }
        catch (VirtException e)
        {
            throw new FigureUnavailableException(e.Message);
        }

        _fixture = new(LayerPlatform.Windows, "drive_c/Program Files/Measured/file.txt", "cmd", "/c", $"exit {ExitCode}");
        _fixture.RunAsync(ExitCode).GetAwaiter().GetResult(); // The first makes the prefix.
        _prefix = _fixture["plain"];
        RunPlain(_wine.Loader, "winecfg", "-v", "win10");
        RunPlain(_wine.Server, "-w");
    }

    internal override double MeasureOurs() => 1000 * _fixture!.RunAsync(ExitCode).GetAwaiter().GetResult();

    internal override double MeasurePeer()
    {
        var ended = 0;
        var seconds = Work.Seconds(() => ended = RunPlain(_wine!.Loader, "cmd", "/c", $"exit {ExitCode}"));
        RunPlain(_wine!.Server, "-w"); // The server stays for some seconds; the next round shall start its own, as ours does.
        return ended == ExitCode ? seconds * 1000 : throw new InvalidOperationException($"The program ended with {ended}.");
    }

    public override void Dispose()
    {
        _fixture?.Dispose();
        base.Dispose();
    }

    private int RunPlain(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        start.Environment.Clear();
        foreach (var (name, value) in WineEnvironment.Make(ProgramEnvironment.OfThisProcess(), _wine!, _prefix, _fixture!["plain-t"]))
        {
            start.Environment[name] = value;
        }

        Directory.CreateDirectory(_fixture["plain-t"]);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode;
    }
}
