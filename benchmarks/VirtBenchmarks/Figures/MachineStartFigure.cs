using PipelineHost;
using VirtSpecs;

namespace VirtBenchmarks.Figures;

/// <summary>
/// <c>Start-VirtMachine</c>, from the call of the cmdlet to its end: the worker has said that Debian's kernel is loaded and runs. The cmdlet runs in
/// tools/PipelineHost in this process, which has imported the module before.
/// </summary>
internal abstract class MachineStartFigure(string worker, double? goal, Action useWorker) : Figure
{
    private const string Machine = "start";

    private readonly ScriptHost _shell = new();
    private MachineFixture? _fixture;
    private Guid _machine;

    internal override string Name => $"cmdlet to running machine, {worker} worker";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => goal;

    internal override void Prepare()
    {
        useWorker();
        _shell.Import(Path.Combine(AppContext.BaseDirectory, "VirtTools.psd1"));
        _fixture = new();
        _machine = _fixture.CreateGuest(Machine, ByteSize.FromMiB(256));
    }

    internal override double MeasureOurs()
    {
        useWorker();
        _fixture!.UseRoot();
        var seconds = Work.Seconds(() =>
        {
            if (_shell.Run($"Start-VirtMachine {Machine}").Errors is [var error, ..]) throw new InvalidOperationException(error.ToString());
        });
        _fixture.TurnOff(_machine);
        return seconds * 1000;
    }

    public override void Dispose()
    {
        _fixture?.Dispose();
        base.Dispose();
    }
}
