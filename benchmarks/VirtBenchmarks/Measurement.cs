namespace VirtBenchmarks;

/// <summary>A figure's rounds, done.</summary>
/// <param name="Figure">What was measured.</param>
/// <param name="Ours">Our numbers.</param>
/// <param name="Peer">The peer's, if there is one.</param>
internal sealed record Measurement(Figure Figure, Series Ours, Series? Peer)
{
    /// <summary>How many times better we are, round by round, so that what disturbs a whole round cancels out; above 1 we win.</summary>
    internal Series? Advantage { get; } = Peer is null
        ? null
        : new([.. Ours.Values.Zip(Peer.Values, (ours, peer) => Figure.LargerIsBetter ? ours / peer : peer / ours)]);

    /// <summary>Whether the goal is reached; null without a goal.</summary>
    internal bool? ReachesGoal =>
        Figure.GoalRatio is { } ratio ? Advantage?.Median >= ratio
        : Figure.Goal is not { } goal ? null
        : Figure.LargerIsBetter ? Ours.Median >= goal : Ours.Median <= goal;
}
