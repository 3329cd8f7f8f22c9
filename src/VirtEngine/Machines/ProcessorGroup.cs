using VirtEngine.Hypervisors;
using VirtEngine.Measures;

namespace VirtEngine.Machines;

/// <summary>Runs the processors of a partition, each on a thread of its own, and makes all of them stand or end together.</summary>
internal sealed class ProcessorGroup
{
    private readonly object _gate = new();
    private readonly IReadOnlyList<IVirtualProcessor> _processors;
    private readonly Action<string> _failed;
    private readonly Thread[] _threads;
    private readonly ThreadTime?[] _times;
    private bool _pause, _stop;
    private int _standing;       // threads that wait or have ended

    /// <param name="processors">The processors.</param>
    /// <param name="failed">Called on a processor's thread, once, when it cannot go on; gets the reason.</param>
    /// <param name="paused">Whether the threads stand until <see cref="Resume"/>.</param>
    internal ProcessorGroup(IReadOnlyList<IVirtualProcessor> processors, Action<string> failed, bool paused = false)
    {
        _processors = processors;
        _failed = failed;
        _pause = paused;
        _threads = new Thread[processors.Count];
        _times = new ThreadTime?[processors.Count];
        for (int i = 0; i < _threads.Length; i++)
        {
            var processor = processors[i];
            _threads[i] = new Thread(() => Run(processor)) { IsBackground = true, Name = $"processor {processor.Index}" };
        }
    }

    internal void Start()
    {
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Returns when no processor runs any more.</summary>
    internal void Pause()
    {
        lock (_gate)
        {
            _pause = true;
            Kick();
            while (_standing < _threads.Length) Monitor.Wait(_gate);
        }
    }

    internal void Resume()
    {
        lock (_gate)
        {
            _pause = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The host's processor time that a processor's thread has used.</summary>
    internal TimeSpan TimeOf(int processor) => Volatile.Read(ref _times[processor])?.Used ?? TimeSpan.Zero;

    /// <summary>Ends the threads. Not to be called from one of them.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Kick();
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads)
            if ((thread.ThreadState & ThreadState.Unstarted) == 0) thread.Join();
    }

    private void Kick()
    {
        foreach (var processor in _processors) processor.Kick();
    }

    private void Run(IVirtualProcessor processor)
    {
        string? reason;
        Volatile.Write(ref _times[processor.Index], ThreadTime.OfCurrent());
        try
        {
            reason = RunUntilStopped(processor);
        }
        catch (Exception fault)     // a fault of the hypervisor or a device: the machine fails with it, other machines' workers go on
        {
            reason = $"Processor {processor.Index} hit a fault of the virtual machine monitor: {fault}";
        }
        lock (_gate)
        {
            _standing++;
            Monitor.PulseAll(_gate);
        }
        if (reason is not null) _failed(reason);
    }

    /// <returns>Null when asked to stop, or why the processor cannot go on.</returns>
    private string? RunUntilStopped(IVirtualProcessor processor)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_pause && !_stop)
                {
                    _standing++;
                    Monitor.PulseAll(_gate);
                    while (_pause && !_stop) Monitor.Wait(_gate);
                    _standing--;
                }
                if (_stop) return null;
            }
            var exit = processor.Run();
            if (exit.Reason != ExitReason.Canceled) return Describe(exit, processor.Index);
        }
    }

    private static string Describe(Exit exit, int processor)
    {
        string what = exit.Reason == ExitReason.Shutdown ? "Triple fault" : "The hypervisor cannot go on";
        string detail = exit.Detail is null ? "" : $": {exit.Detail}";
        return $"{what} at RIP 0x{exit.InstructionPointer:x} on processor {processor}{detail}";
    }
}
