namespace VirtEngine.Networks;

/// <summary>
/// A learning Ethernet switch (IEEE 802.1Q, 8: forwarding by learned addresses, flooding of what is not known). It trusts nobody: frames
/// that cannot be are dropped and counted, tables and queues are bounded, and ports that hold still lose their own frames alone.
/// </summary>
internal sealed class EthernetSwitch : IDisposable
{
    /// <summary>Ports of a switch: each has two threads.</summary>
    internal const int MostPorts = 64;

    private readonly Lock _gate = new();
    private readonly MacTable _table;
    private volatile SwitchPort[] _ports = [];
    private bool _ended;

    internal EthernetSwitch(TimeProvider? time = null) => _table = new(time ?? TimeProvider.System);

    /// <summary>What is plugged in.</summary>
    internal IReadOnlyList<SwitchPort> Ports => _ports;

    /// <summary>Addresses that were learned.</summary>
    internal int Addresses => _table.Count;

    /// <summary>Plugs something in.</summary>
    /// <param name="link">What; the switch disposes of it.</param>
    /// <param name="name">What it is called.</param>
    /// <returns>False if all ports are taken, or the switch ends: the link is disposed of.</returns>
    internal bool TryAdd(IFrameLink link, string name)
    {
        lock (_gate)
        {
            if (!_ended && _ports.Length < MostPorts)
            {
                var port = new SwitchPort(this, link, name);
                _ports = [.. _ports, port];
                port.Start();
                return true;
            }
        }
        link.Dispose();
        return false;
    }

    /// <summary>A frame came in at a port.</summary>
    internal void Forward(SwitchPort from, ReadOnlySpan<byte> frame)
    {
        if (!EthernetFrame.IsCarried(frame.Length)) { from.Counters.CountMalformed(); return; }
        var destination = MacAddress.Read(frame);
        var source = MacAddress.Read(frame[MacAddress.Size..]);
        if (source.IsGroup || source.Value == 0) { from.Counters.CountMalformed(); return; }
        from.Counters.CountIn(frame.Length);
        _table.Learn(source, from);
        if (destination.IsLinkLocal) return;
        if (!destination.IsGroup && _table.Find(destination) is { } to)
        {
            if (to != from) to.Enqueue(frame);
            return;
        }
        foreach (var port in _ports)
            if (port != from) port.Enqueue(frame);
    }

    /// <summary>A port's link is at its end.</summary>
    internal void Remove(SwitchPort port)
    {
        lock (_gate) _ports = [.. _ports.Where(other => other != port)];
        _table.Forget(port);
    }

    /// <summary>Unplugs everything.</summary>
    public void Dispose()
    {
        SwitchPort[] ports;
        lock (_gate)
        {
            _ended = true;
            ports = _ports;
        }
        foreach (var port in ports) port.Close();
        foreach (var port in ports) port.Join();
    }
}
