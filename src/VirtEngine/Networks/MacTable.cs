namespace VirtEngine.Networks;

/// <summary>
/// Which port an address was last seen at. Bounded: a port that shows too many addresses has no more of them learned, and entries go when they
/// were not seen for a while. Thread-safe.
/// </summary>
internal sealed class MacTable
{
    /// <summary>Addresses that it holds.</summary>
    internal const int Capacity = 4096;

    /// <summary>Addresses of one port: whoever makes up addresses pushes nobody else's out.</summary>
    internal const int MostPerPort = 512;

    /// <summary>How long an address is known that is not seen (IEEE 802.1Q, 8.8.3: 300 s by default).</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromSeconds(300);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Entry> _entries = new(Capacity);
    private readonly List<ulong> _old = new(Capacity);
    private readonly TimeProvider _time;
    private readonly long _age;
    private long _swept;

    internal MacTable(TimeProvider time)
    {
        _time = time;
        _age = (long)(Age.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Addresses in it, the aged ones too.</summary>
    internal int Count { get { lock (_gate) return _entries.Count; } }

    /// <summary>A frame from an address came in at a port.</summary>
    internal void Learn(MacAddress address, SwitchPort port)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_entries.TryGetValue(address.Value, out var known))
            {
                if (known.Port != port)
                {
                    if (port.Addresses >= MostPerPort) return;
                    known.Port.Addresses--;
                    port.Addresses++;
                }
            }
            else
            {
                if (port.Addresses >= MostPerPort || _entries.Count >= Capacity) Sweep(now);
                if (port.Addresses >= MostPerPort || _entries.Count >= Capacity) return;
                port.Addresses++;
            }
            _entries[address.Value] = new(port, now);
        }
    }

    /// <summary>The port that an address is at.</summary>
    /// <returns>Null if that is not known.</returns>
    internal SwitchPort? Find(MacAddress address)
    {
        long now = _time.GetTimestamp();
        lock (_gate) return _entries.TryGetValue(address.Value, out var known) && now - known.Seen <= _age ? known.Port : null;
    }

    /// <summary>Forgets a port that is gone.</summary>
    internal void Forget(SwitchPort port)
    {
        lock (_gate) Remove(entry => entry.Port == port);
    }

    // A flood of made-up addresses pays for one look at the table per second.
    private void Sweep(long now)
    {
        if (now - _swept < _time.TimestampFrequency) return;
        _swept = now;
        Remove(entry => now - entry.Seen > _age);
    }

    private void Remove(Func<Entry, bool> which)
    {
        foreach (var (address, entry) in _entries) if (which(entry)) _old.Add(address);
        foreach (ulong address in _old) if (_entries.Remove(address, out var entry)) entry.Port.Addresses--;
        _old.Clear();
    }

    /// <param name="Port">Where.</param>
    /// <param name="Seen">When last.</param>
    private readonly record struct Entry(SwitchPort Port, long Seen);
}
