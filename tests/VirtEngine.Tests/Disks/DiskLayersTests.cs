using System.Buffers.Binary;
using VirtEngine.Disks;
using static VirtEngine.Tests.Disks.BlockDeviceExtensions;

namespace VirtEngine.Tests.Disks;

public class DiskLayersTests
{
    private const int Size = 1 << 20;

    private sealed class TestTime : TimeProvider
    {
        private readonly List<(long Due, TestTimer Timer)> _timers = [];
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new TestTimer(() => callback(state));
            lock (_timers) _timers.Add((_now + (long)Math.Ceiling(dueTime.TotalMilliseconds), timer));
            return timer;
        }

        internal void Advance(int milliseconds)
        {
            List<TestTimer> due;
            lock (_timers)
            {
                _now += milliseconds;
                due = [.. _timers.Where(timer => timer.Due <= _now).Select(timer => timer.Timer)];
                _timers.RemoveAll(timer => timer.Due <= _now);
            }
            foreach (var timer in due) timer.Fire();
        }
    }

    private sealed class TestTimer(Action callback) : ITimer
    {
        private bool _stopped;

        internal void Fire() { if (!_stopped) callback(); }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _stopped = true;

        public ValueTask DisposeAsync() { _stopped = true; return ValueTask.CompletedTask; }
    }

    private static bool IsDone(ValueTask request) => request.IsCompletedSuccessfully;

    private static async Task<bool> EndsAsync(Task task)
    {
        await Task.WhenAny(task, Task.Delay(10_000));
        return task.IsCompleted;
    }

    private static async Task<bool> WaitsAsync(Task task)
    {
        await Task.WhenAny(task, Task.Delay(50));
        return !task.IsCompleted;
    }

    [Fact]
    public async Task Limit_lets_bytes_through_at_its_rate_and_a_saved_part_at_once()
    {
        var time = new TestTime();
        await using var disk = new RateLimitedDisk(new MemoryDisk(Size), bytesPerSecond: 40_960, operationsPerSecond: null, time);
        using var page = new NativeBuffers(4096);
        Assert.True(IsDone(disk.WriteAsync(0, page.Buffers)));      // a tenth of a second's was saved
        var second = disk.WriteAsync(0, page.Buffers).AsTask();
        var third = disk.ReadAsync(0, page.Buffers).AsTask();
        time.Advance(99);
        Assert.True(await WaitsAsync(second));
        time.Advance(1);
        Assert.True(await EndsAsync(second));
        Assert.True(await WaitsAsync(third));
        time.Advance(100);
        Assert.True(await EndsAsync(third));
    }

    [Fact]
    public async Task Limit_counts_requests_and_hurry_lets_them_go()
    {
        var time = new TestTime();
        var memory = new MemoryDisk(Size);
        var disk = new RateLimitedDisk(memory, bytesPerSecond: null, operationsPerSecond: 10, time);
        Assert.True(IsDone(disk.FlushAsync()));
        var waiting = Enumerable.Range(0, 5).Select(_ => disk.FlushAsync().AsTask()).ToArray();
        time.Advance(100);
        Assert.True(await EndsAsync(waiting[0]));
        Assert.True(await WaitsAsync(waiting[1]));
        disk.Hurry(true);
        Assert.True(await EndsAsync(Task.WhenAll(waiting)));
        Assert.True(await EndsAsync(disk.FlushAsync().AsTask()));
        disk.Hurry(false);
        var late = disk.FlushAsync().AsTask();      // the debt stays
        time.Advance(300);
        Assert.True(await WaitsAsync(late));
        await disk.DisposeAsync();
        await FailsAsync(BlockStatus.Closed, () => new ValueTask(late));
    }

    [Fact]
    public async Task Trace_counts_requests_bytes_failures_and_time()
    {
        var time = new TestTime();
        var memory = new MemoryDisk(Size);
        await using var disk = new TracedDisk(memory, time);
        await disk.WriteBytesAsync(0, new byte[8192]);
        await disk.ReadBytesAsync(0, 512);
        memory.Hold();
        using var page = new NativeBuffers(4096);
        var read = disk.ReadAsync(0, page.Buffers).AsTask();
        time.Advance(70);
        memory.Release();
        await read;
        memory.Failure = BlockStatus.MediumError;
        await FailsAsync(BlockStatus.MediumError, disk.FlushAsync);
        var counters = disk.Counters.ToDictionary(counter => counter.Operation);
        Assert.Equal((1, 8192, 0), (counters[BlockOperation.Write].Requests, counters[BlockOperation.Write].Bytes, counters[BlockOperation.Write].Failures));
        Assert.Equal((2, 4608), (counters[BlockOperation.Read].Requests, counters[BlockOperation.Read].Bytes));
        Assert.Equal((TimeSpan.FromMilliseconds(70), TimeSpan.FromMilliseconds(70)), (counters[BlockOperation.Read].Time, counters[BlockOperation.Read].Longest));
        Assert.Equal((1, 1), (counters[BlockOperation.Flush].Requests, counters[BlockOperation.Flush].Failures));
        Assert.Equal(0, counters[BlockOperation.Discard].Requests);
    }

    [Fact]
    public async Task Crash_keeps_what_was_flushed_and_tears_the_rest()
    {
        const int sectors = 64;
        var outcomes = new HashSet<string>();
        for (int seed = 0; seed < 8; seed++)
        {
            // Every sector carries the number of the round that wrote it; each round is a write of all and a flush.
            for (int crashAt = 1; crashAt <= 9; crashAt++)
            {
                var memory = new MemoryDisk(Size);
                var disk = new CrashingDisk(memory, crashAt, seed);
                uint flushed = 0, written = 0;
                try
                {
                    for (uint round = 1; ; round++)
                    {
                        byte[] content = new byte[sectors * 512];
                        for (int i = 0; i < sectors; i++) BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(512 * i), round);
                        written = round;
                        await disk.WriteBytesAsync(0, content);
                        Assert.Equal(content, await disk.ReadBytesAsync(0, content.Length));
                        await disk.FlushAsync();
                        flushed = round;
                    }
                }
                catch (BlockException e)
                {
                    Assert.Equal(BlockStatus.MediumError, e.Status);
                }
                Assert.True(disk.IsCrashed);
                Assert.Equal(crashAt, disk.Requests);
                var found = Enumerable.Range(0, sectors).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(memory.Content.AsSpan(512 * i))).ToArray();
                Assert.All(found, round => Assert.InRange(round, flushed, written));
                outcomes.Add(found.All(round => round == flushed) ? "old" : found.All(round => round == written) ? "new" : "torn");
                await FailsAsync(BlockStatus.MediumError, disk.FlushAsync);
            }
        }
        Assert.Contains("torn", outcomes);
    }
}
