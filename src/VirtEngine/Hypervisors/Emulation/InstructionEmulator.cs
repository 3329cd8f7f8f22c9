using VirtEngine.Hypervisors.Software;

namespace VirtEngine.Hypervisors.Emulation;

/// <summary>
/// Completes an instruction that a hypervisor leaves to its user: an access to a device, or what it could not emulate itself. It is the software
/// CPU's interpreter, run for one instruction over the guest's memory and bus, so that there is one meaning of every instruction.
/// One thread at a time; allocates nothing once what it needs has been used.
/// </summary>
/// <remarks>
/// Guest addresses are translated by the guest's own page tables, each time anew: other processors change them unseen. Writes to RAM are told
/// to the memory's page tracker, and locked ones are atomic. Several processors' emulators share no lock: a locked access to a device, which
/// the host cannot make atomic, is not atomic.
/// </remarks>
internal sealed unsafe class InstructionEmulator : IDisposable
{
    /// <summary>Rounds of a repeated instruction in one call; the guest comes again with what is left, so that others get at the processor.</summary>
    internal const int MaximumRounds = 4096;

    private readonly Cpu _cpu;

    internal InstructionEmulator(int index, PartitionOptions options) =>
        _cpu = new Cpu(index, options.Memory, options.Bus, new EmulatorServices(options.ProcessorCount), options.Profile) { CachesTranslations = false };

    /// <summary>Accesses that devices have answered.</summary>
    internal long PortAccesses => Volatile.Read(ref _cpu.PortAccesses);

    /// <inheritdoc cref="PortAccesses"/>
    internal long MmioAccesses => Volatile.Read(ref _cpu.MmioAccesses);

    /// <summary>Runs the instruction at the state's RIP. Model-specific registers and the local APIC are not looked at.</summary>
    /// <param name="state">The processor's state; afterwards that behind the instruction, but for a page fault's CR2.</param>
    /// <param name="vectors">The processor's x87 and SSE registers, asked for when they are used. Null: they are in the state.</param>
    internal EmulationResult Run(ProcessorState state, IVectorState? vectors = null)
    {
        _cpu.Load(state);
        _cpu.Withdraw((PendingWork)(-1));
        Block* block = _cpu.DecodeOne(out var instruction);
        bool usesVectors = false;
        if (block != null)
        {
            if (InstructionNeeds.IsElsewhere(instruction)) return new(EmulationOutcome.Refused, Detail: "it works on what only the hypervisor has");
            usesVectors = vectors is not null && InstructionNeeds.IsVector(instruction);
            if (usesVectors)
            {
                vectors!.Load(state.FxSave);
                _cpu.LoadVectors(state.FxSave);
            }
        }

        bool stepped = _cpu.ExecuteOne(block);
        bool repeats = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        for (int round = 1; repeats && round < MaximumRounds && IsUnfinished(state, stepped); round++) stepped = _cpu.ExecuteOne(_cpu.DecodeOne(out _));

        if (_cpu.Failure is { } failure) return new(EmulationOutcome.Refused, Detail: failure);
        _cpu.Store(state);
        if (usesVectors) vectors!.Store(state.FxSave);
        if (stepped) return EndStep(state);
        if (!_cpu.IsFaulting) return default;
        byte vector = (byte)_cpu.FaultVector;
        return new(EmulationOutcome.Exception, vector, ExceptionVector.HasErrorCode(vector), _cpu.FaultCode, vector == ExceptionVector.PageFault ? _cpu.FaultAddress : 0);
    }

    private bool IsUnfinished(ProcessorState before, bool stepped) =>
        !stepped && !_cpu.IsFaulting && _cpu.Failure is null && _cpu.State->Rip == before.InstructionPointer;

    private static EmulationResult EndStep(ProcessorState state)
    {
        const ulong singleStep = 0x4000; // DR6.BS
        state.DebugRegisters[4] |= singleStep;
        return new(EmulationOutcome.Exception, ExceptionVector.Debug);
    }

    /// <inheritdoc/>
    public void Dispose() => _cpu.Dispose();
}
