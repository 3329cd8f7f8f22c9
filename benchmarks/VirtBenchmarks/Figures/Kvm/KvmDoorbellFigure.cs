using System.Globalization;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>A store that rings a doorbell in the kernel: what a notification costs its processor, beside an exit by memory.</summary>
/// <param name="instructions">Whether instructions are counted in place of nanoseconds.</param>
internal abstract class KvmDoorbellFigure(bool instructions) : Figure
{
    internal override string Name => $"KVM doorbell, {(instructions ? "instructions" : "time")}";

    internal override string Unit => instructions ? "instr" : "ns";

    internal override bool LargerIsBetter => false;

    internal override string Peer => "exit by memory";

    internal override double? GoalRatio => 1;

    internal override void Prepare() => BenchLab.Get(instructions);

    internal override double MeasureOurs() => Measure(ExitTrips.DoorbellKind);

    internal override double MeasurePeer() => Measure("memory");

    private double Measure(string kind) => BenchLab.RunHere(BenchLab.Get(instructions), ExitTrips.Verb, "9", "1000")
        .Split('\n').Select(line => line.Split('\t')).Where(fields => fields[0] == kind).Select(fields => double.Parse(fields[2], CultureInfo.InvariantCulture)).Single();
}
