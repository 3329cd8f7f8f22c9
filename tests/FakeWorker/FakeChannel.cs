using System.IO.Pipelines;
using VirtEngine.Channels;

namespace FakeWorker;

/// <summary>Both ends of a byte stream: the host's, and one for whoever plays the guest.</summary>
internal sealed class FakeChannel : IGuestChannel
{
    private static readonly PipeOptions Bounds = new(pauseWriterThreshold: 256 << 10, resumeWriterThreshold: 128 << 10, useSynchronizationContext: false);

    private readonly Pipe _toHost = new(Bounds);
    private Pipe _toGuest = new(Bounds);

    public FakeChannel(bool open) => IsGuestOpen = open;

    public event Action<bool>? GuestOpenChanged;

    public bool IsGuestOpen { get; private set; }

    /// <summary>What the guest writes to.</summary>
    public Stream GuestWriter => _toHost.Writer.AsStream(leaveOpen: true);

    /// <summary>What the guest reads from; another one each time it opens its end.</summary>
    public Stream GuestReader => _toGuest.Reader.AsStream(leaveOpen: true);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var read = await _toHost.Reader.ReadAsync(cancellation);
        var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
        var count = 0;
        foreach (var segment in part)
        {
            segment.Span.CopyTo(buffer.Span[count..]);
            count += segment.Length;
        }

        _toHost.Reader.AdvanceTo(part.End);
        return count;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (!IsGuestOpen)
        {
            throw new IOException("The guest has closed its end.");
        }

        var written = await _toGuest.Writer.WriteAsync(data, cancellation);
        if (written.IsCompleted)
        {
            throw new IOException("The guest has closed its end.");
        }
    }

    public void Open()
    {
        _toGuest = new(Bounds);
        IsGuestOpen = true;
        GuestOpenChanged?.Invoke(true);
    }

    public void Close()
    {
        IsGuestOpen = false;
        EndGuestReader();
        GuestOpenChanged?.Invoke(false);
    }

    /// <summary>The machine is gone.</summary>
    public void End()
    {
        IsGuestOpen = false;
        _toHost.Writer.Complete();
        EndGuestReader();
    }

    // Wakes who plays the guest, and the host if it waits for room.
    private void EndGuestReader()
    {
        _toGuest.Reader.CancelPendingRead();
        _toGuest.Reader.Complete();
    }
}
