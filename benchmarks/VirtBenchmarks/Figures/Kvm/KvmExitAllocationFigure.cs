using System.Globalization;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>What the loop around KVM_RUN and the bus allocate for an exit, on the processor's own thread: nothing is the only right number.</summary>
internal sealed class KvmExitAllocationFigure : Figure
{
    internal override string Name => "allocation per KVM exit";

    internal override string Unit => "bytes";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 0;

    internal override void Prepare() => BenchLab.Get();

    internal override double MeasureOurs() => BenchLab.RunHere(BenchLab.Get(), ExitTrips.Verb, "3", "1000")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Max(line => double.Parse(line.Split('\t')[5], CultureInfo.InvariantCulture));
}
