namespace VirtEngine.Hypervisors;

/// <summary>A virtual processor. Only <see cref="Kick"/> may be called while another thread is in <see cref="Run"/>.</summary>
public interface IVirtualProcessor : IDisposable
{
    /// <summary>Its number and APIC ID.</summary>
    int Index { get; }

    /// <summary>
    /// Runs guest code on the calling thread until something outside is needed. Accesses to devices are answered on the way, HLT and
    /// waiting for SIPI sleep inside.
    /// </summary>
    Exit Run();

    /// <summary>Makes <see cref="Run"/> (the current or the next one) return <see cref="ExitReason.Canceled"/> soon; from any thread, and without effect when the processor is gone.</summary>
    void Kick();

    /// <summary>Copies the architectural state out. The processor is not running.</summary>
    ProcessorState GetState();

    /// <summary>Replaces the architectural state. The processor is not running.</summary>
    void SetState(ProcessorState state);

    /// <summary>Counters since the processor was made.</summary>
    ProcessorCounters Counters { get; }
}
