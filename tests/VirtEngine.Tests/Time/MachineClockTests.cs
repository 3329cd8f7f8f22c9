using System.Diagnostics;
using VirtEngine.Time;

namespace VirtEngine.Tests.Time;

/// <summary>The machine's time as processors and devices see it while somebody pauses and sets it.</summary>
public sealed class MachineClockTests : IDisposable
{
    private readonly MachineClock _clock = new();

    public void Dispose() => _clock.Dispose();

    [Fact]
    public void Time_never_jumps_while_the_machine_is_paused_and_resumed()
    {
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            // Between two readings no more time can pass in the machine than outside, and none can pass backwards.
            long before = Stopwatch.GetTimestamp(), last = _clock.Now, wrong = 0;
            while (!stop.IsCancellationRequested)
            {
                long next = Stopwatch.GetTimestamp(), now = _clock.Now;
                if (now < last || now - last > Stopwatch.GetElapsedTime(before).TotalNanoseconds + 1000) wrong++;
                (before, last) = (next, now);
            }
            return wrong;
        })).ToArray();
        var lasting = Stopwatch.StartNew();
        while (lasting.ElapsedMilliseconds < 1500)
        {
            long begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun).TotalMilliseconds < 0.5) Thread.SpinWait(10);
            _clock.Pause();
            long still = _clock.Now;
            Assert.Equal(still, _clock.Now);
            _clock.Resume();
        }
        stop.Cancel();
        Assert.All(readers, reader => Assert.Equal(0, reader.GetAwaiter().GetResult()));
    }

    [Fact]
    public void A_timer_that_is_set_again_and_again_takes_no_more_memory()
    {
        var timer = _clock.CreateTimer(() => { });
        var other = _clock.CreateTimer(() => { });
        other.Set(long.MaxValue / 2);
        for (int i = 0; i < 10_000; i++) timer.Set(long.MaxValue / 2 + i);
        Assert.Equal(2, _clock.Waiting);
        timer.Cancel();
        Assert.Equal(1, _clock.Waiting);
        // The queue's array does not grow either, and setting needs nothing from the heap.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) timer.Set(long.MaxValue / 2 + i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_timer_fires_once_at_the_deadline_that_was_set_last()
    {
        int fired = 0;
        using var done = new ManualResetEventSlim();
        var timer = _clock.CreateTimer(() => { Interlocked.Increment(ref fired); done.Set(); });
        long start = _clock.Now, at = start + 40_000_000;
        timer.Set(start + 10_000_000);
        timer.Set(long.MaxValue - 1);
        timer.Set(at);
        Assert.True(done.Wait(20_000));
        Assert.True(_clock.Now >= at);
        Assert.Equal(1, Volatile.Read(ref fired));
        Assert.Equal(0, _clock.Waiting);
    }

    [Fact]
    public void A_paused_clock_stands_can_be_set_and_holds_timers_back()
    {
        using var fired = new ManualResetEventSlim();
        var timer = _clock.CreateTimer(fired.Set);
        _clock.Pause();
        _clock.Set(5_000_000_000);
        timer.Set(5_000_000_001);
        Assert.False(fired.Wait(30));
        Assert.Equal(5_000_000_000, _clock.Now);
        _clock.Resume();
        Assert.True(fired.Wait(20_000));
        Assert.Throws<InvalidOperationException>(() => _clock.Set(0));
        _clock.Pause();
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Set(-1));
    }
}
