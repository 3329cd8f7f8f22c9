namespace VirtEngine.Machines;

/// <summary>Tells of changes of state in order, on threads of the pool, so that a handler may do anything with the machine.</summary>
internal sealed class StateEvents(Action<MachineState> handler)
{
    private readonly Queue<MachineState> waiting = new();
    private bool raising;

    internal void Raise(MachineState state)
    {
        lock (waiting)
        {
            waiting.Enqueue(state);
            if (raising) return;
            raising = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static events => events.Drain(), this, preferLocal: false);
    }

    private void Drain()
    {
        while (true)
        {
            MachineState next;
            lock (waiting)
            {
                if (!waiting.TryDequeue(out next)) { raising = false; return; }
            }
            handler(next);
        }
    }
}
