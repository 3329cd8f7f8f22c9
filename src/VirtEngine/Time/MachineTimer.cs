namespace VirtEngine.Time;

/// <summary>A one-shot timer on a <see cref="MachineClock"/>.</summary>
public sealed class MachineTimer
{
    internal const long Idle = long.MaxValue;

    private readonly MachineClock _clock;
    private readonly Action _callback;

    internal MachineTimer(MachineClock clock, Action callback)
    {
        _clock = clock;
        _callback = callback;
    }

    /// <summary>When it fires, in the clock's nanoseconds; <see cref="long.MaxValue"/> while idle.</summary>
    public long Deadline { get; internal set; } = Idle;

    /// <summary>Fires once at <paramref name="deadline"/> (at once if that has passed), instead of when it was set to before.</summary>
    public void Set(long deadline) => _clock.Schedule(this, Math.Min(deadline, Idle - 1));

    /// <summary>Does not fire any more; a callback that has begun may still be running.</summary>
    public void Cancel() => _clock.Schedule(this, Idle);

    internal void Fire() => _callback();
}
