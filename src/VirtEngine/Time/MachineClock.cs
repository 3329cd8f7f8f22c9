using System.Diagnostics;

namespace VirtEngine.Time;

/// <summary>
/// A machine's own time: nanoseconds that pass only while the machine is not paused, with the timers that devices set on it. One thread
/// serves all timers of a clock.
/// </summary>
public sealed class MachineClock : IDisposable
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly object gate = new();
    private readonly PriorityQueue<MachineTimer, long> queue = new();
    private Thread? thread;
    private long baseTicks = Stopwatch.GetTimestamp();
    private long baseNanoseconds;
    private bool paused;
    private bool disposed;

    /// <summary>Nanoseconds of running time since the clock was made (or as restored).</summary>
    public long Now
    {
        get
        {
            while (true)
            {
                long ticks = Volatile.Read(ref baseTicks);
                long start = Volatile.Read(ref baseNanoseconds);
                bool still = Volatile.Read(ref paused);
                long now = still ? start : start + (long)((Stopwatch.GetTimestamp() - ticks) * NanosecondsPerTick);
                if (Volatile.Read(ref baseTicks) == ticks) return now;
            }
        }
    }

    /// <summary>Whether time stands still.</summary>
    public bool IsPaused => Volatile.Read(ref paused);

    /// <summary>Stops time; timers do not fire until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (gate)
        {
            if (paused) return;
            Rebase(Now, pause: true);
        }
    }

    /// <summary>Lets time go on.</summary>
    public void Resume()
    {
        lock (gate)
        {
            if (!paused) return;
            Rebase(baseNanoseconds, pause: false);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Sets the time of a paused clock, when a checkpoint is restored.</summary>
    /// <exception cref="InvalidOperationException">The clock runs.</exception>
    public void Set(long nanoseconds)
    {
        lock (gate)
        {
            if (!paused) throw new InvalidOperationException("Only a paused clock can be set.");
            Rebase(nanoseconds, pause: true);
        }
    }

    /// <summary>Makes a timer; it is idle until <see cref="MachineTimer.Set"/>.</summary>
    /// <param name="callback">Runs on the clock's thread, outside the clock's lock; short and never blocking.</param>
    public MachineTimer CreateTimer(Action callback) => new(this, callback);

    internal void Schedule(MachineTimer timer, long deadline)
    {
        lock (gate)
        {
            if (disposed) return;
            // A timer has one entry at most: guests set theirs over and over.
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

    private void Rebase(long nanoseconds, bool pause)
    {
        Volatile.Write(ref baseNanoseconds, nanoseconds);
        Volatile.Write(ref paused, pause);
        // Changed last and never to the same value: Now reads it before and after.
        Volatile.Write(ref baseTicks, Math.Max(Stopwatch.GetTimestamp(), baseTicks + 1));
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
                    if (paused || !queue.TryPeek(out _, out long deadline)) { Monitor.Wait(gate); continue; }
                    long wait = deadline - Now;
                    if (wait <= 0) break;
                    Monitor.Wait(gate, (int)Math.Min((wait + 999_999) / 1_000_000, int.MaxValue));
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
