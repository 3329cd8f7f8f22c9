using System.Globalization;
using HardwareLab;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>
/// From the guest to the bus and back by KVM in the lab, with the kernel's part, beside the shortest loop over the same ioctls in C: in
/// nanoseconds, or in instructions of the lab's processor.
/// </summary>
/// <param name="kind">The exit, as the C loop calls it.</param>
/// <param name="instructions">Whether instructions are counted.</param>
internal abstract class ExitTripFigure(string kind, bool instructions) : Figure
{
    private const int Batches = 9, Exits = 1000;

    internal override string Name => $"KVM exit by {kind} and back, {(instructions ? "instructions" : "time")}";

    internal override string Unit => instructions ? "instr" : "ns";

    internal override bool LargerIsBetter => false;

    internal override string Peer => "C loop";

    internal override double? GoalRatio => instructions ? null : 1 / 1.2;

    internal override void Prepare() => BenchLab.Get(instructions);

    internal override double MeasureOurs() => double.Parse(OurLine()[2], CultureInfo.InvariantCulture);

    internal override double MeasurePeer() =>
        RoundTrip.MeasurePeerAsync(BenchLab.Get(instructions), Batches, Exits).GetAwaiter().GetResult().Single(trip => trip.Exit == kind).Median;

    /// <summary>The fields of our line for this exit (<see cref="ExitTrips"/>).</summary>
    protected string[] OurLine() => BenchLab.RunHere(BenchLab.Get(instructions), ExitTrips.Verb, $"{Batches}", $"{Exits}")
        .Split('\n').Select(line => line.Split('\t')).Single(fields => fields[0] == kind);
}
