namespace VirtEngine.Machines;

/// <summary>Tells of changes of state in order, on threads of the pool, so that a handler may do anything with the machine.</summary>
internal sealed class StateEvents(Action<MachineState> handler)
{
    private readonly Queue<MachineState> _waiting = new();
    private bool _raising;

    internal void Raise(MachineState state)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(state);
            if (_raising) return;
            _raising = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static events => events.Drain(), this, preferLocal: false);
    }

    private void Drain()
    {
        while (true)
        {
            MachineState next;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out next)) { _raising = false; return; }
            }
            handler(next);
        }
    }
}
