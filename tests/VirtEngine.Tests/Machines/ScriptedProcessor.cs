using VirtEngine.Bus;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Machines;

internal sealed class ScriptedProcessor(int index, PartitionOptions options, Func<ScriptedProcessor, Exit> guest) : IVirtualProcessor
{
    private readonly SemaphoreSlim _kicks = new(0);
    private ProcessorState _state = ProcessorState.Reset();
    private int _running;

    public int Index => index;

    internal IGuestBus Bus => options.Bus;

    internal PartitionOptions Options => options;

    internal bool IsRunning => Volatile.Read(ref _running) != 0;

    internal int Runs { get; private set; }

    internal ProcessorState State => _state;

    public ProcessorCounters Counters => new(Runs, 0, 0, 0, 0);

    public Exit Run()
    {
        Volatile.Write(ref _running, 1);
        Runs++;
        var exit = guest(this);
        Volatile.Write(ref _running, 0);
        return exit;
    }

    /// <summary>HLT until a kick.</summary>
    internal Exit Halt()
    {
        _kicks.Wait();
        return new Exit(ExitReason.Canceled, 0);
    }

    internal bool IsKicked() => _kicks.Wait(0);

    public void Kick() => _kicks.Release();

    public ProcessorState GetState() => _state;

    public void SetState(ProcessorState value) => _state = value;

    public void Dispose() => _kicks.Dispose();
}
