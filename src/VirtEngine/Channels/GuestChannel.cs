namespace VirtEngine.Channels;

/// <summary>
/// A byte stream between a device and the host, bounded in both directions. It outlives the device: after a reset the new device takes it
/// over. The device's callbacks run without the channel's lock, so a device may call in from them while it holds its own.
/// </summary>
internal sealed class GuestChannel : IGuestChannel, IDisposable
{
    private readonly Lock gate = new();
    private readonly Lock callbacks = new();    // taken before the device's lock and the channel's
    private readonly ByteRing toHost, toGuest;
    private readonly SemaphoreSlim readable = new(0), writable = new(0);
    private bool open, closed, held, raising, raised;
    private long changes, raisedChanges;

    /// <param name="toHostCapacity">Bytes kept for the host.</param>
    /// <param name="toGuestCapacity">Bytes kept for the guest.</param>
    /// <param name="open">Whether the guest's end is open from the start, as a serial port's is.</param>
    internal GuestChannel(int toHostCapacity, int toGuestCapacity, bool open)
    {
        toHost = new ByteRing(toHostCapacity);
        toGuest = new ByteRing(toGuestCapacity);
        this.open = raised = open;
    }

    /// <summary>Called on the host's threads when there are bytes for the guest.</summary>
    internal Action? HostWrote { get; set; }

    /// <summary>Called on the host's threads when there is room for bytes to the host.</summary>
    internal Action? HostRead { get; set; }

    /// <summary>The machine is paused: when this returns, no callback runs, and none will before <see cref="Release"/>.</summary>
    internal void Hold()
    {
        lock (callbacks) held = true;
    }

    /// <summary>The machine goes on: devices look after what the host did meanwhile.</summary>
    internal void Release()
    {
        lock (callbacks)
        {
            held = false;
            HostWrote?.Invoke();
            HostRead?.Invoke();
        }
    }

    private void TellDevice(bool wrote)
    {
        lock (callbacks)
        {
            if (!held) (wrote ? HostWrote : HostRead)?.Invoke();
        }
    }

    /// <inheritdoc/>
    public event Action<bool>? GuestOpenChanged;

    /// <inheritdoc/>
    public bool IsGuestOpen { get { lock (gate) return open; } }

    /// <summary>Bytes that wait for the guest.</summary>
    internal int WaitingForGuest { get { lock (gate) return toGuest.Count; } }

    /// <summary>Bytes that the host's side still takes.</summary>
    internal int RoomForHost { get { lock (gate) return toHost.Free; } }

    /// <summary>Takes bytes for the host, as many as there is room for.</summary>
    internal int Send(ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            int taken = toHost.Write(data);
            if (taken > 0) Signal(readable);
            return taken;
        }
    }

    /// <summary>Takes bytes for the host; where nobody reads, the oldest give way.</summary>
    internal void SendDroppingOldest(ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            toHost.WriteDroppingOldest(data);
            Signal(readable);
        }
    }

    /// <summary>Gives out bytes that the host wrote.</summary>
    internal int Receive(Span<byte> destination)
    {
        lock (gate)
        {
            int taken = toGuest.Read(destination);
            if (taken > 0) Signal(writable);
            return taken;
        }
    }

    /// <summary>The guest opened or closed its end; what waited for it is dropped when it closes. The event follows on a thread of the
    /// pool, in order; a flood of changes is told as one, but never so that a closing between two openings is missed.</summary>
    internal void SetGuestOpen(bool value)
    {
        lock (gate)
        {
            if (open == value) return;
            open = value;
            changes++;
            if (!value) toGuest.Clear();
            Signal(writable);
            if (raising) return;
            raising = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static channel => channel.RaiseChanges(), this, preferLocal: false);
    }

    private void RaiseChanges()
    {
        while (true)
        {
            bool value;
            lock (gate)
            {
                if (raisedChanges == changes) { raising = false; return; }
                // An even number of changes brought it back to what was told last: tell the step between first.
                if (open == raised) { value = !open; raisedChanges = changes - 1; }
                else { value = open; raisedChanges = changes; }
                raised = value;
            }
            GuestOpenChanged?.Invoke(value);
        }
    }

    /// <summary>The machine is gone: readers get what is left and then the end, writers fail.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Signal(readable);
            Signal(writable);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            int taken;
            lock (gate)
            {
                taken = toHost.Read(buffer.Span);
                if (taken == 0 && closed) { Signal(readable); return 0; }
            }
            if (taken > 0)
            {
                TellDevice(wrote: false);
                return taken;
            }
            await readable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        while (true)
        {
            int taken;
            lock (gate)
            {
                if (closed) { Signal(writable); throw new IOException("The machine is gone."); }
                if (!open) throw new IOException("The guest has closed its end of the channel.");
                taken = toGuest.Write(data.Span);
            }
            if (taken > 0) TellDevice(wrote: true);
            data = data[taken..];
            if (data.IsEmpty) return;
            await writable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes both directions' content.</summary>
    internal void Save(BinaryWriter writer)
    {
        lock (gate)
        {
            writer.Write(toHost.Count);
            writer.Write(toHost.ToArray());
            writer.Write(toGuest.Count);
            writer.Write(toGuest.ToArray());
            writer.Write(open);
        }
    }

    /// <summary>Replaces both directions' content.</summary>
    /// <exception cref="InvalidDataException">There is more than fits.</exception>
    internal void Load(BinaryReader reader)
    {
        bool opened;
        lock (gate)
        {
            Fill(toHost, reader);
            Fill(toGuest, reader);
            opened = reader.ReadBoolean();
            if (toHost.Count > 0) Signal(readable);
        }
        SetGuestOpen(opened);
    }

    private static void Fill(ByteRing ring, BinaryReader reader)
    {
        ring.Clear();
        int count = reader.ReadInt32();
        if (count < 0 || count > ring.Free) throw new InvalidDataException($"A channel holds up to {ring.Free} bytes, not {count}.");
        ring.Write(reader.ReadBytes(count));
    }

    private static void Signal(SemaphoreSlim semaphore)
    {
        if (semaphore.CurrentCount == 0) semaphore.Release();
    }
}
