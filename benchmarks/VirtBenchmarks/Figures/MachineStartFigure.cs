using VirtSpecs;

namespace VirtBenchmarks.Figures;

/// <summary>What <c>Start-VirtMachine</c> asks of its host: from the call to the worker's word that Debian's kernel is loaded and runs.</summary>
internal abstract class MachineStartFigure(string worker, Action useWorker) : Figure
{
    private MachineFixture? fixture;
    private Guid machine;

    internal override string Name => $"start to running machine, {worker} worker";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 300;

    internal override void Prepare()
    {
        useWorker();
        fixture = new();
        machine = fixture.CreateGuest("start", ByteSize.FromMiB(256));
    }

    internal override double MeasureOurs()
    {
        useWorker();
        var seconds = Work.Seconds(() => fixture!.Host.StartAsync(machine, default).GetAwaiter().GetResult());
        fixture!.TurnOff(machine);
        return seconds * 1000;
    }

    public override void Dispose()
    {
        fixture?.Dispose();
        base.Dispose();
    }
}
