namespace VirtEngine.Tests.Networks;

/// <summary>A monotonic clock that the test turns.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _now = 1_000_000_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    internal void Advance(TimeSpan step) => Interlocked.Add(ref _now, step.Ticks);
}
