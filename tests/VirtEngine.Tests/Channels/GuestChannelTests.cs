using System.Collections.Concurrent;
using VirtEngine.Channels;

namespace VirtEngine.Tests.Channels;

public sealed class GuestChannelTests : IDisposable
{
    private readonly GuestChannel _channel = new(16, 16, open: false);

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task Reader_waits_for_the_guest_and_ends_with_the_machine()
    {
        byte[] buffer = new byte[8];
        var reading = _channel.ReadAsync(buffer, default);
        Assert.False(reading.IsCompleted);
        Assert.Equal(3, _channel.Send("abc"u8));
        Assert.Equal(3, await reading);
        _channel.Send("z"u8);
        _channel.Dispose();
        Assert.Equal(1, await _channel.ReadAsync(buffer, default));
        Assert.Equal(0, await _channel.ReadAsync(buffer, default));
        Assert.Equal(0, await _channel.ReadAsync(buffer, default));
    }

    [Fact]
    public async Task Writer_fails_while_the_guest_is_closed_and_when_it_closes()
    {
        await Assert.ThrowsAsync<IOException>(() => _channel.WriteAsync(new byte[1], default).AsTask());
        _channel.SetGuestOpen(true);
        var writing = _channel.WriteAsync(new byte[100], default).AsTask();
        Assert.False(writing.IsCompleted);
        _channel.SetGuestOpen(false);
        await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(0, _channel.WaitingForGuest);
    }

    [Fact]
    public async Task Canceled_reader_leaves_the_next_one_its_bytes()
    {
        using var cancel = new CancellationTokenSource();
        byte[] buffer = new byte[8];
        var reading = _channel.ReadAsync(buffer, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        _channel.Send("q"u8);
        Assert.Equal(1, await _channel.ReadAsync(buffer, default));
    }

    [Fact]
    public async Task Bytes_cross_whole_in_both_directions_through_small_buffers()
    {
        byte[] sent = new byte[100_000];
        new Random(7).NextBytes(sent);
        _channel.SetGuestOpen(true);
        var received = new List<byte>();
        using var wake = new SemaphoreSlim(0);
        _channel.HostWrote = () => wake.Release();
        var guest = Task.Run(async () =>
        {
            byte[] buffer = new byte[7];
            while (received.Count < sent.Length)
            {
                await wake.WaitAsync();
                for (int taken; (taken = _channel.Receive(buffer)) > 0;) received.AddRange(buffer[..taken]);
            }
        });
        await _channel.WriteAsync(sent, default);
        await guest.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Reopening_between_two_looks_is_still_told()
    {
        var told = new ConcurrentQueue<bool>();
        using var blocked = new ManualResetEventSlim();
        _channel.GuestOpenChanged += open => { told.Enqueue(open); blocked.Wait(); };
        _channel.SetGuestOpen(true);
        while (told.IsEmpty) await Task.Delay(1);
        _channel.SetGuestOpen(false);
        _channel.SetGuestOpen(true);
        for (int i = 0; i < 1000; i++) { _channel.SetGuestOpen(false); _channel.SetGuestOpen(true); }
        blocked.Set();
        for (int i = 0; i < 2000 && told.Count < 3; i++) await Task.Delay(1);
        Assert.Equal([true, false, true], told);
    }

    [Fact]
    public void Ring_drops_the_oldest_and_wraps()
    {
        var ring = new ByteRing(8);
        ring.WriteDroppingOldest("abcdef"u8);
        byte[] two = new byte[2];
        ring.Read(two);
        ring.WriteDroppingOldest("ghijkl"u8);
        Assert.Equal("efghijkl"u8.ToArray(), ring.ToArray());
        ring.WriteDroppingOldest("0123456789"u8);
        Assert.Equal("23456789"u8.ToArray(), ring.ToArray());
    }
}
