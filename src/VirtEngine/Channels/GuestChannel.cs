namespace VirtEngine.Channels;

/// <summary>
/// A byte stream between a device and the host, bounded in both directions. It outlives the device: after a reset the new device takes it
/// over. The device's callbacks run without the channel's lock, so a device may call in from them while it holds its own.
/// </summary>
internal sealed class GuestChannel : IGuestChannel, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _callbacks = new();    // taken before the device's lock and the channel's
    private readonly ByteRing _toHost, _toGuest;
    private readonly SemaphoreSlim _readable = new(0), _writable = new(0);
    private bool _open, _closed, _held, _raising, _raised;
    private long _changes, _raisedChanges;

    /// <param name="toHostCapacity">Bytes kept for the host.</param>
    /// <param name="toGuestCapacity">Bytes kept for the guest.</param>
    /// <param name="open">Whether the guest's end is open from the start, as a serial port's is.</param>
    internal GuestChannel(int toHostCapacity, int toGuestCapacity, bool open)
    {
        _toHost = new ByteRing(toHostCapacity);
        _toGuest = new ByteRing(toGuestCapacity);
        _open = _raised = open;
    }

    /// <summary>Called on the host's threads when there are bytes for the guest.</summary>
    internal Action? HostWrote { get; set; }

    /// <summary>Called on the host's threads when there is room for bytes to the host.</summary>
    internal Action? HostRead { get; set; }

    /// <summary>The machine is paused: when this returns, no callback runs, and none will before <see cref="Release"/>.</summary>
    internal void Hold()
    {
        lock (_callbacks) _held = true;
    }

    /// <summary>The machine goes on: devices look after what the host did meanwhile.</summary>
    internal void Release()
    {
        lock (_callbacks)
        {
            _held = false;
            HostWrote?.Invoke();
            HostRead?.Invoke();
        }
    }

    private void TellDevice(bool wrote)
    {
        lock (_callbacks)
        {
            if (!_held) (wrote ? HostWrote : HostRead)?.Invoke();
        }
    }

    /// <inheritdoc/>
    public event Action<bool>? GuestOpenChanged;

    /// <inheritdoc/>
    public bool IsGuestOpen { get { lock (_gate) return _open; } }

    /// <summary>Bytes that wait for the guest.</summary>
    internal int WaitingForGuest { get { lock (_gate) return _toGuest.Count; } }

    /// <summary>Bytes that the host's side still takes.</summary>
    internal int RoomForHost { get { lock (_gate) return _toHost.Free; } }

    /// <summary>Takes bytes for the host, as many as there is room for.</summary>
    internal int Send(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            int taken = _toHost.Write(data);
            if (taken > 0) Signal(_readable);
            return taken;
        }
    }

    /// <summary>Takes bytes for the host; where nobody reads, the oldest give way.</summary>
    internal void SendDroppingOldest(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            _toHost.WriteDroppingOldest(data);
            Signal(_readable);
        }
    }

    /// <summary>Gives out bytes that the host wrote.</summary>
    internal int Receive(Span<byte> destination)
    {
        lock (_gate)
        {
            int taken = _toGuest.Read(destination);
            if (taken > 0) Signal(_writable);
            return taken;
        }
    }

    /// <summary>The guest opened or closed its end; what waited for it is dropped when it closes. The event follows on a thread of the
    /// pool, in order; a flood of changes is told as one, but never so that a closing between two openings is missed.</summary>
    internal void SetGuestOpen(bool value)
    {
        lock (_gate)
        {
            if (_open == value) return;
            _open = value;
            _changes++;
            if (!value) _toGuest.Clear();
            Signal(_writable);
            if (_raising) return;
            _raising = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static channel => channel.RaiseChanges(), this, preferLocal: false);
    }

    private void RaiseChanges()
    {
        while (true)
        {
            bool value;
            lock (_gate)
            {
                if (_raisedChanges == _changes) { _raising = false; return; }
                // An even number of changes brought it back to what was told last: tell the step between first.
                if (_open == _raised) { value = !_open; _raisedChanges = _changes - 1; }
                else { value = _open; _raisedChanges = _changes; }
                _raised = value;
            }
            GuestOpenChanged?.Invoke(value);
        }
    }

    /// <summary>The machine is gone: readers get what is left and then the end, writers fail.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Signal(_readable);
            Signal(_writable);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            int taken;
            lock (_gate)
            {
                taken = _toHost.Read(buffer.Span);
                if (taken == 0 && _closed) { Signal(_readable); return 0; }
            }
            if (taken > 0)
            {
                TellDevice(wrote: false);
                return taken;
            }
            await _readable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        while (true)
        {
            int taken;
            lock (_gate)
            {
                if (_closed) { Signal(_writable); throw new IOException("The machine is gone."); }
                if (!_open) throw new IOException("The guest has closed its end of the channel.");
                taken = _toGuest.Write(data.Span);
            }
            if (taken > 0) TellDevice(wrote: true);
            data = data[taken..];
            if (data.IsEmpty) return;
            await _writable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes both directions' content.</summary>
    internal void Save(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_toHost.Count);
            writer.Write(_toHost.ToArray());
            writer.Write(_toGuest.Count);
            writer.Write(_toGuest.ToArray());
            writer.Write(_open);
        }
    }

    /// <summary>Replaces both directions' content.</summary>
    /// <exception cref="InvalidDataException">There is more than fits.</exception>
    internal void Load(BinaryReader reader)
    {
        bool opened;
        lock (_gate)
        {
            Fill(_toHost, reader);
            Fill(_toGuest, reader);
            opened = reader.ReadBoolean();
            if (_toHost.Count > 0) Signal(_readable);
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
