using VirtBenchmarks;

namespace VirtTools.Build.Tests;

/// <summary>The arithmetic of <c>bench</c>: a figure is worth what its median is.</summary>
public class BenchmarkTests
{
    [Theory]
    [InlineData(new[] { 7.0 }, 7, 0)]
    [InlineData(new[] { 3.0, 1, 2 }, 2, 0.25)] // Quartiles 1.5 and 2.5.
    [InlineData(new[] { 4.0, 1, 3, 2 }, 2.5, 0.3)] // Quartiles 1.75 and 3.25.
    [InlineData(new[] { 10.0, 10, 10, 10, 1000 }, 10, 0)] // One bad minute moves nothing.
    [InlineData(new[] { -4.0, -1, -3, -2 }, -2.5, 0.3)]
    [InlineData(new[] { 0.0, 0, 0 }, 0, 0)]
    public void A_series_has_a_median_and_half_the_quartiles_distance_as_a_part_of_it(double[] values, double median, double spread)
    {
        var series = new Series(values);

        Assert.Equal((median, spread), (series.Median, series.Spread));
        Assert.Equal((values.Min(), values.Max()), (series.Minimum, series.Maximum));
    }

    [Fact]
    public void Ratios_are_taken_round_by_round()
    {
        // A slow minute hit both sides of the second round; of times, half is twice as good.
        Assert.Equal([2, 2, 4], new Measurement(new Fake(larger: false), new([1, 100, 1]), new([2, 200, 4])).Advantage!.Values);
        Assert.Equal([0.5, 0.5], new Measurement(new Fake(larger: true), new([1, 100]), new([2, 200])).Advantage!.Values);
        Assert.Null(new Measurement(new Fake(larger: true), new([1]), null).Advantage);
    }

    [Theory]
    [InlineData(true, 10, true)]
    [InlineData(true, 9.9, false)]
    [InlineData(false, 10, true)]
    [InlineData(false, 10.1, false)]
    public void A_goal_is_reached_by_the_median(bool larger, double median, bool reached) =>
        Assert.Equal(reached, new Measurement(new Fake(larger, 10), new([0, median, 1000]), null).ReachesGoal);

    [Fact]
    public void The_first_round_only_warms_up_and_who_is_first_takes_turns()
    {
        var order = new List<string>();
        var figure = new Fake(larger: false) { Order = order };

        var measurement = Assert.Single(Rounds.Run([figure], 2, (_, e) => throw e));

        Assert.Equal(["ours", "peer", "peer", "ours", "ours", "peer"], order);
        Assert.Equal([4, 5], measurement.Ours.Values);
        Assert.Equal([3, 6], measurement.Peer!.Values);
    }

    [Fact]
    public void What_others_left_behind_is_settled_before_each_figure()
    {
        var order = new List<string>();
        Figure one = new Fake(larger: false) { Order = order }, other = new Fake(larger: false) { Order = order };

        Rounds.Run([one, other], 1, (_, e) => throw e, () => order.Add("settle"));

        string[] first = ["settle", "ours", "peer", "settle", "ours", "peer"], second = ["settle", "peer", "ours", "settle", "peer", "ours"];
        Assert.Equal([.. first, .. second], order);
    }

    [Fact]
    public void A_figure_that_fails_is_told_once_and_costs_the_others_nothing()
    {
        var told = new List<Figure>();
        Figure bad = new Fake(larger: false) { Fails = true }, good = new Fake(larger: false);

        var measurements = Rounds.Run([bad, good], 3, (figure, _) => told.Add(figure));

        Assert.Same(good, Assert.Single(measurements).Figure);
        Assert.Equal(3, measurements[0].Ours.Values.Count);
        Assert.Same(bad, Assert.Single(told));
    }

    private sealed class Fake(bool larger, double? goal = null) : Figure
    {
        private int _number;

        internal bool Fails { get; init; }

        internal List<string> Order { get; init; } = [];

        internal override string Name => "fake";

        internal override string Unit => "ms";

        internal override bool LargerIsBetter => larger;

        internal override double? Goal => goal;

        internal override string Peer => "another";

        internal override double MeasureOurs() => Fails ? throw new InvalidOperationException("no") : Next("ours");

        internal override double MeasurePeer() => Next("peer");

        private double Next(string who)
        {
            Order.Add(who);
            return ++_number;
        }
    }
}
