namespace VirtEngine.Nvme;

/// <summary>What the controller's thread waits for, and what makes it stand or end.</summary>
internal sealed class NvmeBell
{
    private readonly object _gate = new();
    private bool _rung, _standing;
    private int _holds;
    private volatile bool _held, _closed;

    /// <summary>Whether the thread shall stand.</summary>
    internal bool IsHeld => _held;

    /// <summary>Whether the thread shall end.</summary>
    internal bool IsClosed => _closed;

    /// <summary>There is something to do.</summary>
    internal void Ring()
    {
        lock (_gate)
        {
            if (_rung) return;
            _rung = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until it has rung since the last time.</summary>
    internal void Wait()
    {
        lock (_gate)
        {
            while (!_rung) Monitor.Wait(_gate);
            _rung = false;
        }
    }

    /// <summary>Stands until it may go on; called by the thread when it does nothing any more.</summary>
    internal void Stand()
    {
        lock (_gate)
        {
            _standing = true;
            Monitor.PulseAll(_gate);
            while (_held && !_closed) Monitor.Wait(_gate);
            _standing = false;
        }
    }

    /// <summary>Returns when the thread stands, or has ended.</summary>
    internal void Hold()
    {
        lock (_gate)
        {
            _holds++;
            _held = _rung = true;
            Monitor.PulseAll(_gate);
            while (!_standing && !_closed) Monitor.Wait(_gate);
        }
    }

    /// <summary>Takes one <see cref="Hold"/> back.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            if (--_holds > 0) return;
            _held = false;
            _rung = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The thread ends when it has finished what it does.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = _rung = true;
            Monitor.PulseAll(_gate);
        }
    }
}
