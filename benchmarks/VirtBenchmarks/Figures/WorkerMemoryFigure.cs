using System.Globalization;
using VirtEngine.Hosts;
using VirtEngine.Store;
using VirtSpecs;

namespace VirtBenchmarks.Figures;

/// <summary>
/// What a packaged worker needs beside its guest's memory, once the guest's agent answers: resident pages of all mappings (proc(5), smaps)
/// but the guest's, shared ones by their part.
/// </summary>
internal abstract class WorkerMemoryFigure(int processors) : Figure
{
    private const int GuestMiB = 256;

    private MachineFixture? _fixture;
    private Guid _machine;

    internal override string Name => $"worker memory beside the guest's, {(processors == 1 ? "1 processor" : $"{processors} processors")}";

    internal override string Unit => "MiB";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 60;

    internal override void Prepare()
    {
        if (!OperatingSystem.IsLinux()) throw new FigureUnavailableException("it is read from /proc");
        MachineFixture.UsePackagedWorker();
        _fixture = new();
        _machine = _fixture.CreateGuest("memory", ByteSize.FromMiB(GuestMiB), processors);
    }

    internal override double MeasureOurs()
    {
        MachineFixture.UsePackagedWorker();
        _fixture!.Host.StartAsync(_machine, default).GetAwaiter().GetResult();
        using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
        {
            _fixture.Host.WaitAsync(_machine, WaitCondition.Agent, null, patience.Token).GetAwaiter().GetResult();
        }

        var worker = new MachineStore(_fixture.Root).DirectoryOf(_machine).TryReadRun()!.Process.Id;
        var mebibytes = ResidentBesideGuest(worker);
        _fixture.TurnOff(_machine);
        return mebibytes;
    }

    public override void Dispose()
    {
        _fixture?.Dispose();
        base.Dispose();
    }

    private static double ResidentBesideGuest(int process)
    {
        // The guest's mapping is of its size, and in large pages ("hg"); a mapping's flags come last.
        var (kibibytes, size, part, guestSeen) = (0L, 0L, 0L, false);
        foreach (var line in File.ReadLines($"/proc/{process}/smaps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "Size:")
            {
                size = long.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else if (words[0] == "Pss:")
            {
                part = long.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else if (words[0] == "VmFlags:")
            {
                if (size == GuestMiB * 1024 && words.Contains("hg")) guestSeen = true;
                else kibibytes += part;
            }
        }

        return guestSeen ? kibibytes / 1024.0 : throw new InvalidOperationException("The worker has no mapping of its guest's memory.");
    }
}
