using VirtFoundation.Events;
using VirtTools.Tests;

namespace VirtFoundation.Tests.Events;

public sealed class EventLogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();

    private EventLog Log => new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Events_are_numbered_and_in_UTC()
    {
        Log.Append("Created", "web01");
        Log.Append("StateChanged", "Running: \"ä\"\n\u0000");

        var events = Log.Read();

        Assert.Equal([1, 2], events.Select(found => found.Sequence));
        Assert.Equal("Running: \"ä\"\n\u0000", events[1].Detail);
        Assert.All(events, found => Assert.Equal(DateTimeKind.Utc, found.Time.Kind));
        Assert.Equal([2], Log.Read(after: 1).Select(found => found.Sequence));
        Assert.Equal(2, File.ReadAllLines(_directory["events.jsonl"]).Length);
    }

    [Theory]
    [InlineData("{\"sequence\":3,\"time\":\"20")]
    [InlineData("{\"sequence\":3,\"time\":\"2026-01-01T00:00:00Z\",\"name\":\"To")]
    [InlineData("\0\0\0\0")]
    public void A_line_that_a_crash_tore_is_passed_over_and_closed(string torn)
    {
        Log.Append("One");
        Log.Append("Two");
        File.AppendAllText(_directory["events.jsonl"], torn);

        Assert.Equal(["One", "Two"], Log.Read().Select(found => found.Name));
        Assert.Equal(3, Log.Append("Three").Sequence);
        Assert.Equal(["One", "Two", "Three"], Log.Read().Select(found => found.Name));
    }

    [Fact]
    public void The_log_stays_bounded_and_its_numbers_go_on()
    {
        var log = new EventLog(_directory.Path, fileSize: 1000);
        for (var i = 0; i < 100; i++)
        {
            log.Append("Tick", new string('x', 50));
        }

        var events = log.Read();

        Assert.Equal(100, events[^1].Sequence);
        Assert.InRange(events.Count, 8, 30);
        Assert.Equal(Enumerable.Range((int)events[0].Sequence, events.Count).Select(number => (long)number), events.Select(found => found.Sequence));
        Assert.True(Directory.GetFiles(_directory.Path).Sum(file => new FileInfo(file).Length) < 3000);
    }

    [Fact]
    public void Writers_at_the_same_time_leave_no_gap()
    {
        Parallel.For(0, 40, _ => Log.Append("Tick"));

        Assert.Equal(Enumerable.Range(1, 40).Select(number => (long)number), Log.Read().Select(found => found.Sequence));
    }

    [Fact]
    public async Task A_follower_gets_old_and_new_events_also_across_the_change_of_files()
    {
        var log = new EventLog(_directory.Path, fileSize: 500);
        log.Append("First");
        using var patience = new CancellationTokenSource(Patience);
        var seen = new List<long>();
        var following = Task.Run(async () =>
        {
            await foreach (var found in log.FollowAsync(0, patience.Token))
            {
                seen.Add(found.Sequence);
                if (found.Name == "Last")
                {
                    break;
                }
            }
        });

        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(10);
            new EventLog(_directory.Path, fileSize: 500).Append("Tick");
        }

        log.Append("Last");
        await following;

        Assert.Equal(Enumerable.Range(1, 22).Select(number => (long)number), seen);
    }
}
