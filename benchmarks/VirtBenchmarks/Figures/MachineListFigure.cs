namespace VirtBenchmarks.Figures;

/// <summary>What <c>Get-VirtMachine</c> asks of its host when 200 machines stand there, stopped.</summary>
internal sealed class MachineListFigure : Figure
{
    private const int Machines = 200;

    private MachineFixture? _fixture;

    internal override string Name => "listing 200 stopped machines";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 50;

    internal override void Prepare()
    {
        _fixture = new();
        for (var i = 0; i < Machines; i++) _fixture.Host.Create(new() { Name = $"machine{i}", Boot = new() { Kernel = "/boot/vmlinuz" } });
    }

    internal override double MeasureOurs() => 1000 * Work.Seconds(() =>
    {
        var found = _fixture!.Host.GetMachinesAsync((id, error) => throw error, default).GetAwaiter().GetResult();
        if (found.Count != Machines) throw new InvalidOperationException($"{found.Count} machines were found.");
    });

    public override void Dispose()
    {
        _fixture?.Dispose();
        base.Dispose();
    }
}
