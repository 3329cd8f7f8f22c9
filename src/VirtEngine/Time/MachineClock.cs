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

    private readonly object gate = new();
    private readonly PriorityQueue<MachineTimer, long> queue = new();     // holds each timer once at most
    private Thread? thread;
    private volatile Base? origin = new(Stopwatch.GetTimestamp(), 0, isPaused: false);      // null for the moment in which it changes
    private bool disposed;

    /// <summary>Nanoseconds of running time since the clock was made (or as restored).</summary>
    public long Now
    {
        get
        {
            var wait = new SpinWait();
            while (true)
            {
                // Whoever stops the clock takes the time after it has taken the old origin away: what is returned here is not later.
                if (origin is { } current && current.Now is var now && origin == current) return now;
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
                if (origin is { } current) return current.IsPaused;
                wait.SpinOnce();
            }
        }
    }

    /// <summary>Stops time; timers do not fire until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (gate)
        {
            if (!IsPaused) Rebase(null, pause: true);
        }
    }

    /// <summary>Lets time go on.</summary>
    public void Resume()
    {
        lock (gate)
        {
            if (!IsPaused) return;
            Rebase(null, pause: false);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Sets the time of a paused clock, when a checkpoint is restored.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">The clock runs.</exception>
    public void Set(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        lock (gate)
        {
            if (!IsPaused) throw new InvalidOperationException("Only a paused clock can be set.");
            Rebase(nanoseconds, pause: true);
        }
    }

    /// <summary>Timers that are set and wait to fire.</summary>
    internal int Waiting { get { lock (gate) return queue.Count; } }

    /// <summary>Makes a timer; it is idle until <see cref="MachineTimer.Set"/>.</summary>
    /// <param name="callback">Runs on the clock's thread, outside the clock's lock; short and never blocking.</param>
    public MachineTimer CreateTimer(Action callback) => new(this, callback);

    internal void Schedule(MachineTimer timer, long deadline)
    {
        lock (gate)
        {
            if (disposed) return;
            // A guest sets timers as often as it likes: an entry that was left behind would be one too many. Machines have few timers.
            if (timer.Deadline != MachineTimer.Idle) queue.Remove(timer, out _, out _);
            timer.Deadline = deadline;
            if (deadline == MachineTimer.Idle) return;
            queue.Enqueue(timer, deadline);
            if (thread is null)
            {
                thread = new Thread(Serve) { IsBackground = true, Name = "machine clock" };
                thread.Start();
            }
            if (queue.Peek() == timer) Monitor.PulseAll(gate);
        }
    }

    /// <summary>Goes on from a time, or from now; the lock is held.</summary>
    private void Rebase(long? nanoseconds, bool pause)
    {
        var old = origin!;
        origin = null;
        Interlocked.MemoryBarrier();
        origin = new Base(Stopwatch.GetTimestamp(), nanoseconds ?? old.Now, pause);
    }

    private void Serve()
    {
        while (true)
        {
            MachineTimer due;
            lock (gate)
            {
                while (true)
                {
                    if (disposed) return;
                    if (IsPaused || !queue.TryPeek(out _, out long deadline)) { Monitor.Wait(gate); continue; }
                    long wait = deadline - Now;
                    if (wait <= 0) break;
                    Monitor.Wait(gate, (int)Math.Min((wait - 1) / 1_000_000 + 1, int.MaxValue));
                }
                due = queue.Dequeue();
                due.Deadline = MachineTimer.Idle;
            }
            due.Fire();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            queue.Clear();
            Monitor.PulseAll(gate);
        }
        if (thread is { } serving && serving != Thread.CurrentThread) serving.Join();
    }
}
