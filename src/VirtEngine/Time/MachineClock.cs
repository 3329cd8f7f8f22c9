using System.Diagnostics;

namespace VirtEngine.Time;

/// <summary>
/// A machine's own time: nanoseconds that pass only while the machine is not paused, with the timers that devices set on it. One thread
/// serves all timers of a clock.
/// </summary>
public sealed class MachineClock : IDisposable
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>From when on time is counted. It never changes: readers take one whole, without a lock.</summary>
    /// <param name="ticks">The host's time at which it was made.</param>
    /// <param name="nanoseconds">The machine's time at that moment.</param>
    /// <param name="isPaused">Whether that stays the machine's time.</param>
    private sealed class Base(long ticks, long nanoseconds, bool isPaused)
    {
        internal bool IsPaused => isPaused;

        internal long Now => isPaused ? nanoseconds : nanoseconds + (long)((Stopwatch.GetTimestamp() - ticks) * NanosecondsPerTick);
    }

    private readonly object _gate = new();
    private readonly PriorityQueue<MachineTimer, long> _queue = new();     // holds each timer once at most
    private Thread? _thread;
    private volatile Base? _origin = new(Stopwatch.GetTimestamp(), 0, isPaused: false);      // null for the moment in which it changes
    private bool _disposed;

    /// <summary>Nanoseconds of running time since the clock was made (or as restored).</summary>
    public long Now
    {
        get
        {
            var wait = new SpinWait();
            while (true)
            {
                // Whoever stops the clock takes the time after it has taken the old origin away: what is returned here is not later.
                if (_origin is { } current && current.Now is var now && _origin == current) return now;
                wait.SpinOnce();
            }
        }
    }

    /// <summary>Whether time stands still.</summary>
    public bool IsPaused
    {
        get
        {
            var wait = new SpinWait();
            while (true)
            {
                if (_origin is { } current) return current.IsPaused;
                wait.SpinOnce();
            }
        }
    }

    /// <summary>Stops time; timers do not fire until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (!IsPaused) Rebase(null, pause: true);
        }
    }

    /// <summary>Lets time go on.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (!IsPaused) return;
            Rebase(null, pause: false);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Sets the time of a paused clock, when a checkpoint is restored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The clock runs.</exception>
    public void Set(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        lock (_gate)
        {
            if (!IsPaused) throw new InvalidOperationException("Only a paused clock can be set.");
            Rebase(nanoseconds, pause: true);
        }
    }

    /// <summary>Timers that are set and wait to fire.</summary>
    internal int Waiting { get { lock (_gate) return _queue.Count; } }

    /// <summary>Makes a timer; it is idle until <see cref="MachineTimer.Set"/>.</summary>
    /// <param name="callback">Runs on the clock's thread, outside the clock's lock; short and never blocking.</param>
    public MachineTimer CreateTimer(Action callback) => new(this, callback);

    internal void Schedule(MachineTimer timer, long deadline)
    {
        lock (_gate)
        {
            if (_disposed) return;
            // A guest sets timers as often as it likes: an entry that was left behind would be one too many. Machines have few timers.
            if (timer.Deadline != MachineTimer.Idle) _queue.Remove(timer, out _, out _);
            timer.Deadline = deadline;
            if (deadline == MachineTimer.Idle) return;
            _queue.Enqueue(timer, deadline);
            if (_thread is null)
            {
                _thread = new Thread(Serve) { IsBackground = true, Name = "machine clock" };
                _thread.Start();
            }
            if (_queue.Peek() == timer) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Goes on from a time, or from now; the lock is held.</summary>
    private void Rebase(long? nanoseconds, bool pause)
    {
        var old = _origin!;
        _origin = null;
        Interlocked.MemoryBarrier();
        _origin = new Base(Stopwatch.GetTimestamp(), nanoseconds ?? old.Now, pause);
    }

    private void Serve()
    {
        while (true)
        {
            MachineTimer due;
            lock (_gate)
            {
                while (true)
                {
                    if (_disposed) return;
                    if (IsPaused || !_queue.TryPeek(out _, out long deadline)) { Monitor.Wait(_gate); continue; }
                    long wait = deadline - Now;
                    if (wait <= 0) break;
                    Monitor.Wait(_gate, (int)Math.Min((wait - 1) / 1_000_000 + 1, int.MaxValue));
                }
                due = _queue.Dequeue();
                due.Deadline = MachineTimer.Idle;
            }
            due.Fire();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _queue.Clear();
            Monitor.PulseAll(_gate);
        }
        if (_thread is { } serving && serving != Thread.CurrentThread) serving.Join();
    }
}
