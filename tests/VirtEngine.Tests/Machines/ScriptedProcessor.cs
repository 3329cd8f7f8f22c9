using VirtEngine.Bus;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Machines;

internal sealed class ScriptedProcessor(int index, PartitionOptions options, Func<ScriptedProcessor, Exit> guest) : IVirtualProcessor
{
    private readonly SemaphoreSlim kicks = new(0);
    private ProcessorState state = ProcessorState.Reset();
    private int running;

    public int Index => index;

    internal IGuestBus Bus => options.Bus;

    internal PartitionOptions Options => options;

    internal bool IsRunning => Volatile.Read(ref running) != 0;

    internal int Runs { get; private set; }

    internal ProcessorState State => state;

    public ProcessorCounters Counters => new(Runs, 0, 0, 0, 0);

    public Exit Run()
    {
        Volatile.Write(ref running, 1);
        Runs++;
        var exit = guest(this);
        Volatile.Write(ref running, 0);
        return exit;
    }

    /// <summary>HLT until a kick.</summary>
    internal Exit Halt()
    {
        kicks.Wait();
        return new Exit(ExitReason.Canceled, 0);
    }

    internal bool IsKicked() => kicks.Wait(0);

    public void Kick() => kicks.Release();

    public ProcessorState GetState() => state;

    public void SetState(ProcessorState value) => state = value;

    public void Dispose() => kicks.Dispose();
}
