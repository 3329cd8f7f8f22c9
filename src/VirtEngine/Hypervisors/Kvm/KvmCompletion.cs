using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtEngine.Hypervisors.Software;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// Completes the instruction that KVM leaves the guest for because it cannot emulate it, by the instruction emulator: between two calls of
/// KVM_RUN, on the processor's thread.
/// </summary>
/// <remarks>
/// Without KVM_CAP_EXIT_ON_EMULATION_FAILURE (Linux 5.14) KVM has made an exception of its failure, #UD, which waits: KVM_SET_REGS takes it back.
/// An exception that the instruction raises instead is given as one that was delivered halfway, which KVM begins anew.
/// </remarks>
internal sealed unsafe class KvmCompletion : IVectorState, IDisposable
{
    /// <summary>
    /// How often in a row the same exception may come of the same instruction with the same registers, with nothing between that KVM leaves the
    /// guest for: a handler that puts something right needs one round. Then KVM does not get into the handler.
    /// </summary>
    internal const int Patience = 1000;

    private const ulong LegacyStates = 3; // XSTATE_BV: x87 and SSE

    private readonly KvmHandle _processor;
    private readonly InstructionEmulator _emulator;
    private readonly ProcessorState _state = new();
    private KvmRegs _raisedAt;
    private int _raisedVector, _raisedCount;

    internal KvmCompletion(KvmHandle processor, int index, PartitionOptions options)
    {
        _processor = processor;
        _emulator = new InstructionEmulator(index, options);
    }

    /// <summary>Accesses of completed instructions that devices have answered.</summary>
    internal long PortAccesses => _emulator.PortAccesses;

    /// <inheritdoc cref="PortAccesses"/>
    internal long MmioAccesses => _emulator.MmioAccesses;

    /// <summary>Says that KVM has left the guest for something else: it gets on.</summary>
    internal void NoteOtherExit() => _raisedCount = 0;

    /// <summary>Runs the instruction at RIP, and puts the state behind it back.</summary>
    /// <returns>Null, or why it cannot be completed: the processor cannot go on.</returns>
    internal string? TryComplete()
    {
        try
        {
            return Complete();
        }
        catch (KvmException e)
        {
            return e.Message;   // KVM does not take a state that the guest may well have: the guest's end, not the process's.
        }
    }

    private string? Complete()
    {
        var regs = Get<KvmRegs>(KvmRequest.KVM_GET_REGS);
        var sregs = Get<KvmSregs>(KvmRequest.KVM_GET_SREGS);
        var debug = Get<KvmDebugRegs>(KvmRequest.KVM_GET_DEBUGREGS);
        var events = Get<KvmVcpuEvents>(KvmRequest.KVM_GET_VCPU_EVENTS);
        KvmRegisterForms.ToNeutral(in regs, _state);
        KvmRegisterForms.ToNeutral(in sregs, _state);
        KvmRegisterForms.ToNeutral(in debug, _state);
        (_state.InterruptShadow, _state.NmiBlocked, _state.NmiPending) = (events.InterruptShadow != 0, events.NmiMasked != 0, false);
        _state.Activity = ProcessorActivity.Running;
        // As this code writes it: KVM's form says some things in two ways.
        var sregsBefore = ToSregs(in sregs);
        var debugBefore = KvmRegisterForms.ToDebugRegs(_state);

        var result = _emulator.Run(_state, this);

        if (result.Outcome == EmulationOutcome.Refused)
        {
            if (!IsUser(in sregs)) return result.Detail;
            // A user program must not end the machine: to it the processor does not know the instruction, as KVM has it otherwise.
            result = new(EmulationOutcome.Exception, ExceptionVector.InvalidOpcode);
            SetEvents(events, raised: true, in result);
            return null;
        }
        bool raised = result.Outcome == EmulationOutcome.Exception;
        if (raised && IsStuck(in regs, result.Vector)) return $"KVM does not get into the handler of exception {result.Vector}, which the instruction raises";
        if (raised && result.Vector == ExceptionVector.PageFault) _state.Cr2 = result.Address;

        Set(KvmRequest.KVM_SET_REGS, KvmRegisterForms.ToRegs(_state));
        var sregsAfter = ToSregs(in sregs);
        if (Differ(in sregsBefore, in sregsAfter)) Set(KvmRequest.KVM_SET_SREGS, sregsAfter);
        var debugAfter = KvmRegisterForms.ToDebugRegs(_state);
        if (Differ(in debugBefore, in debugAfter)) Set(KvmRequest.KVM_SET_DEBUGREGS, debugAfter);
        if (raised || _state.InterruptShadow || events.InterruptShadow != 0 || _state.NmiBlocked != (events.NmiMasked != 0)) SetEvents(events, raised, in result);
        if (_state.Activity == ProcessorActivity.Halted) Set(KvmRequest.KVM_SET_MP_STATE, KvmProcessorState.MpHalted);
        return null;
    }

    private static bool IsUser(in KvmSregs sregs) => (sregs.Cr0 & ControlBits.Cr0Pe) != 0 && sregs.Ss.Dpl != 0;

    private bool IsStuck(in KvmRegs regs, int vector)
    {
        bool again = vector == _raisedVector && !Differ(in regs, in _raisedAt);
        (_raisedAt, _raisedVector) = (regs, vector);
        _raisedCount = again ? _raisedCount + 1 : 0;
        return _raisedCount >= Patience;
    }

    private KvmSregs ToSregs(in KvmSregs from)
    {
        var sregs = from;
        KvmRegisterForms.ToSregs(_state, ref sregs);
        return sregs;
    }

    // What waits of interrupts goes back as it came.
    private void SetEvents(KvmVcpuEvents events, bool raised, in EmulationResult result)
    {
        events.Flags = KvmVcpuEvents.ShadowValid;
        (events.ExceptionInjected, events.ExceptionPending) = ((byte)(raised ? 1 : 0), 0);
        (events.ExceptionNr, events.ExceptionHasErrorCode, events.ExceptionErrorCode) = (result.Vector, (byte)(result.HasErrorCode ? 1 : 0), result.ErrorCode);
        events.InterruptShadow = (byte)(_state.InterruptShadow ? KvmVcpuEvents.ShadowSti : 0);
        events.NmiMasked = (byte)(_state.NmiBlocked ? 1 : 0);
        Set(KvmRequest.KVM_SET_VCPU_EVENTS, events);
    }

    void IVectorState.Load(Span<byte> image)
    {
        byte* area = stackalloc byte[KvmProcessorState.XSaveSize];
        _processor.Call(KvmRequest.KVM_GET_XSAVE, (nint)area);
        new ReadOnlySpan<byte>(area, KvmProcessorState.LegacySize).CopyTo(image);
    }

    // The rest of the area is the processor's own.
    void IVectorState.Store(ReadOnlySpan<byte> image)
    {
        byte* area = stackalloc byte[KvmProcessorState.XSaveSize];
        _processor.Call(KvmRequest.KVM_GET_XSAVE, (nint)area);
        image[..KvmProcessorState.LegacySize].CopyTo(new Span<byte>(area, KvmProcessorState.LegacySize));
        *(ulong*)(area + KvmProcessorState.LegacySize) |= LegacyStates;
        _processor.Call(KvmRequest.KVM_SET_XSAVE, (nint)area);
    }

    private static bool Differ<T>(in T one, in T other) where T : unmanaged =>
        !MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in one)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in other)));

    private T Get<T>(KvmRequest request) where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        _processor.Call(request, ref value);
        return value;
    }

    private void Set<T>(KvmRequest request, T value) where T : unmanaged => _processor.Call(request, ref value);

    /// <inheritdoc/>
    public void Dispose() => _emulator.Dispose();
}
