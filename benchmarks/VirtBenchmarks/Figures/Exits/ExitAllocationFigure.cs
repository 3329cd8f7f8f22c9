using VirtEngine.Conformance.Guests;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>
/// What the run loop and the bus allocate for a million exits, on the processor's own thread. Measured between two marks inside the guest's
/// run, in the last of some rounds, so that what a run makes once has been made: then nothing is the only right number.
/// </summary>
/// <param name="kind">What the exits are, for the figure's name.</param>
/// <param name="make">Makes the guest for a number of rounds of a number of exits.</param>
internal abstract class ExitAllocationFigure(string kind, Func<int, uint, ExitLoop> make) : Figure
{
    private const uint Exits = 1_000_000;
    private const int Rounds = 3;

    private ExitLoop? _loop;

    internal override string Name => $"allocation per {kind} exit";

    internal override string Unit => "bytes";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 0;

    internal override void Prepare() => _loop = make(Rounds, Exits);

    internal override double MeasureOurs() => (double)_loop!.Run()[^1] / Exits;

    public override void Dispose()
    {
        _loop?.Dispose();
        base.Dispose();
    }
}
