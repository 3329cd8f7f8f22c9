using System.Diagnostics;
using System.Runtime.InteropServices;
using VirtEngine.Bus;
using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_REGISTER_NAME;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>A virtual processor of the platform's: the loop around WHvRunVirtualProcessor and what its exits ask for.</summary>
internal sealed unsafe class WhpProcessor : IVirtualProcessor
{
    private const ulong InterruptFlag = 0x200, TrapFlag = 0x100, ApicEnabled = 0x800;
    private const ulong Lint0Masked = 0x1_0000, DeliveryMode = 0x700, ExternalDelivery = 0x700;

    // A halt that ends sooner than this, again and again, did not wait for anything.
    private static readonly TimeSpan ShortestHalt = TimeSpan.FromMicroseconds(100), HaltPause = TimeSpan.FromMilliseconds(1);

    // How long an interrupt of the 8259s waits for its window before it is looked whether the processor sleeps.
    private static readonly TimeSpan WindowPatience = TimeSpan.FromMilliseconds(5);

    private readonly WhpPartition _partition;
    private readonly IWinHvPartition _native;
    private readonly IGuestBus _bus;
    private readonly WhpProcessorState _state;
    private readonly InstructionEmulator _emulator;
    private readonly ProcessorState _emulated = new();
    private readonly CpuidTable _cpuid;
    private readonly WHV_RUN_VP_EXIT_CONTEXT* _exit;
    private readonly object _gate = new();  // guards what other threads touch: the four below, and the native call that cancels
    private bool _isGone, _isInside;
    private bool _kicked, _attention;

    // A cancel is sticky: one that comes when the run has just ended is the next run's. Until one has been seen, Canceled is ours.
    private volatile bool _cancelUnderway;
    private volatile bool _externalInterrupt;
    private volatile bool _nmiPending;
    private readonly Timer _windowWatch;
    private bool _windowAsked, _windowOpen;
    private long _entered;
    private long _portAccesses, _halts;

    internal WhpProcessor(int index, WhpPartition partition, IWinHvPartition native, PartitionOptions options)
    {
        Index = index;
        _partition = partition;
        _native = native;
        _bus = options.Bus;
        _cpuid = new CpuidTable(ProcessorCpuid.Of(partition.Profile, index, options.ProcessorCount));
        _windowWatch = new Timer(static processor => ((WhpProcessor)processor!).Interrupt(kick: false), this, Timeout.Infinite, Timeout.Infinite);
        _native.CreateProcessor(index);
        _state = new WhpProcessorState(native, index);
        _emulator = new InstructionEmulator(index, options);
        // As a WHV_REGISTER_VALUE: on 16 bytes, for it may hold vector registers.
        _exit = (WHV_RUN_VP_EXIT_CONTEXT*)NativeMemory.AlignedAlloc((nuint)sizeof(WHV_RUN_VP_EXIT_CONTEXT), 16);
        *_exit = default;
        try
        {
            SetUp();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Index { get; }

    /// <inheritdoc/>
    public ProcessorCounters Counters => new(0, Volatile.Read(ref _portAccesses) + _emulator.PortAccesses, _emulator.MmioAccesses, 0, Volatile.Read(ref _halts));

    /// <inheritdoc/>
    public Exit Run()
    {
        try
        {
            while (true)
            {
                if (TakeKick()) return new(ExitReason.Canceled, _state.Get(WHvX64RegisterRip));
                if (_nmiPending) RequestNmi();
                OfferExternalInterrupt();
                if (TryEnter() && RunGuest() is { } exit) return exit;
            }
        }
        catch (WhpException e)
        {
            return Failed(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Kick() => Interrupt(kick: true);

    /// <inheritdoc/>
    public ProcessorState GetState()
    {
        var state = _state.Get();
        state.NmiPending |= _nmiPending;
        return state;
    }

    /// <inheritdoc/>
    public void SetState(ProcessorState state)
    {
        _state.Set(state, _partition.Tsc);
        _nmiPending = state.NmiPending;
        _windowAsked = _windowOpen = false;
        _state.Set(WHvX64RegisterDeliverabilityNotifications, 0);
    }

    /// <summary>Drives the wire of the 8259s.</summary>
    internal void SetExternalInterrupt(bool level)
    {
        _externalInterrupt = level;
        if (level) Interrupt(kick: false);
    }

    /// <summary>Sets the time-stamp counter to the machine's time.</summary>
    internal void StartTime()
    {
        _state.TryGet(WHvX64RegisterTscAdjust, out ulong adjust);
        _state.Set(WHvX64RegisterTsc, _partition.Tsc + adjust);
    }

    private void SetUp()
    {
        // Without a firmware that sets up virtual wire mode, the 8259 reaches the first processor as after such a firmware.
        // Others stay as the platform made them: they would not start by a start-up IPI otherwise.
        if (Index == 0) _state.Set(WHvX64RegisterApicLvtLint0, ExternalDelivery);
        _state.Set(WHvX64RegisterTsc, _partition.Tsc);
    }

    // Makes the loop look up: a cancel is asked for only while the processor may be inside, and never after the end of the run that it is for:
    // one that meets other calls of the platform's for the same processor has crashed processes.
    private void Interrupt(bool kick)
    {
        lock (_gate)
        {
            if (_isGone) return;
            _kicked |= kick;
            _attention = true;
            if (_isInside)
            {
                _cancelUnderway = true;
                _native.CancelRun(Index);
            }
            Monitor.PulseAll(_gate);
        }
    }

    private bool TakeKick()
    {
        lock (_gate)
        {
            _attention = false;
            bool kicked = _kicked;
            _kicked = false;
            return kicked;
        }
    }

    // Whoever wants something of the processor has either said so before this, or finds it inside and cancels.
    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_attention) return false;
            _isInside = true;
            _entered = Stopwatch.GetTimestamp();
            return true;
        }
    }

    // Runs the guest until it leaves, and answers. Null to go on.
    private Exit? RunGuest()
    {
        try
        {
            _native.Run(Index, _exit);
        }
        finally
        {
            lock (_gate) _isInside = false;
        }
        return Answer();
    }

    private void RequestNmi()
    {
        _nmiPending = false;
        _native.TryRequestInterrupt(WhpEvents.Nmi(Index));
    }

    // The 8259s' interrupt is taken (INTA) only when the processor can take it at once; else the platform says when.
    private void OfferExternalInterrupt()
    {
        bool open = _windowOpen;
        _windowOpen = false;
        if (!_externalInterrupt || !LetsExternalInterruptsThrough()) return;
        if (open || IsHaltedForInterrupt())
        {
            // The processor does not wake from HLT for an event that is put in by hand, only for one of its own APIC's.
            _state.Set(WHvRegisterInternalActivityState, 0);
            _state.Set(WHvRegisterPendingEvent, WhpEvents.ExternalInterrupt(_partition.AcknowledgePic()));
            return;
        }
        // A processor that falls asleep inside the platform executes nothing that could open a window: then it is woken to be looked at.
        _windowWatch.Change(WindowPatience, Timeout.InfiniteTimeSpan);
        if (_windowAsked) return;
        _windowAsked = true;
        _state.Set(WHvX64RegisterDeliverabilityNotifications, WhpEvents.InterruptNotification);
    }

    private bool LetsExternalInterruptsThrough() =>
        (_state.Get(WHvX64RegisterApicBase) & ApicEnabled) == 0 || (_state.Get(WHvX64RegisterApicLvtLint0) & (Lint0Masked | DeliveryMode)) == ExternalDelivery;

    private bool IsHaltedForInterrupt() =>
        (_state.Get(WHvRegisterInternalActivityState) & WhpEvents.HaltSuspend) != 0
        && (_state.Get(WHvX64RegisterRflags) & InterruptFlag) != 0
        && (_state.Get(WHvRegisterPendingEvent) & 1) == 0;

    /// <returns>Null to go on.</returns>
    private Exit? Answer()
    {
        switch (_exit->ExitReason)
        {
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonMemoryAccess:
                return _exit->MemoryAccess.AccessType == WHV_MEMORY_ACCESS_TYPE.WHvMemoryAccessExecute
                    ? Failed($"the guest runs code at physical address 0x{_exit->MemoryAccess.Gpa:x} (linear 0x{_exit->MemoryAccess.Gva:x}), where no RAM is")
                    : Emulate();
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64IoPortAccess:
                return AnswerPort();
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64MsrAccess:
                return AnswerMsr();
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64Cpuid:
                return AnswerCpuid();
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64Halt:
                Halt();
                return null;
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64ApicEoi:
                _partition.AnnounceEndOfInterrupt((byte)_exit->ApicEoi);
                return null;
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64InterruptWindow:
                (_windowAsked, _windowOpen) = (false, true);
                return null;
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonNone:
                return null;
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonCanceled:
                return AnswerCanceled();
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonUnrecoverableException:
                return new(ExitReason.Shutdown, _exit->VpContext.Rip);
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonInvalidVpRegisterValue:
                return Failed("the platform does not enter the guest with the registers it has");
            case WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonUnsupportedFeature:
                return Failed($"the guest uses what the platform does not have: {_exit->UnsupportedFeature.FeatureCode} (0x{_exit->UnsupportedFeature.FeatureParameter:x})");
            default:
                return Failed($"the platform left the guest for {_exit->ExitReason}, which was not asked for");
        }
    }

    // Windows 10 has called accesses to devices canceled runs. Whether it is one shows by running the instruction, which is right in any case.
    private Exit? AnswerCanceled()
    {
        if (!_cancelUnderway) return _exit->VpContext.InterruptionPending ? null : Emulate(mayRefuse: true);
        _cancelUnderway = false;
        return null;
    }

    // The platform has gone past HLT. With the local APIC its own, it alone knows what ends the wait: the processor is put to sleep there and
    // run on, which comes back when something is to be done. Some report that it does not sleep: then it must not burn the host's processor.
    private void Halt()
    {
        _halts++;
        _state.Set(WHvRegisterInternalActivityState, WhpEvents.HaltSuspend);
        if (Stopwatch.GetElapsedTime(_entered) >= ShortestHalt) return;
        lock (_gate)
            if (!_attention) Monitor.Wait(_gate, HaltPause);
    }

    private Exit? AnswerPort()
    {
        ref readonly var context = ref _exit->VpContext;
        ref readonly var access = ref _exit->IoPortAccess;
        // What ends more than the instruction itself (a single step, an interrupt shadow) and what moves memory is the emulator's.
        if (access.IsString || context.InstructionLength == 0 || context.InterruptShadow || (context.Rflags & TrapFlag) != 0) return Emulate();
        _portAccesses++;
        ulong rax = access.Rax;
        if (access.IsWrite) _bus.WritePort(access.PortNumber, access.AccessSize, (uint)(access.AccessSize == 4 ? rax : rax & (access.AccessSize == 2 ? 0xFFFFu : 0xFFu)));
        else
        {
            ulong value = _bus.ReadPort(access.PortNumber, access.AccessSize);
            rax = access.AccessSize switch { 1 => rax & ~0xFFul | (byte)value, 2 => rax & ~0xFFFFul | (ushort)value, _ => (uint)value };
        }
        Complete(rax);
        return null;
    }

    // The platform does not go past the instruction by itself.
    private void Complete(ulong rax)
    {
        _state.Set(WHvX64RegisterRax, rax);
        _state.Set(WHvX64RegisterRip, NextRip(in _exit->VpContext));
    }

    private static ulong NextRip(in WHV_VP_EXIT_CONTEXT context)
    {
        const int longCode = 1 << 13, bigCode = 1 << 14;
        ulong next = context.Rip + (uint)context.InstructionLength;
        return (context.Cs.Attributes & longCode) != 0 ? next : (context.Cs.Attributes & bigCode) != 0 ? (uint)next : (ushort)next;
    }

    private Exit? AnswerMsr()
    {
        ref readonly var access = ref _exit->MsrAccess;
        if (!_partition.Profile.ConstantMsrs.TryGetValue(access.MsrNumber, out ulong value)
            || (access.IsWrite && value != (access.Rax & uint.MaxValue | access.Rdx << 32)))
        {
            Inject(new(EmulationOutcome.Exception, ExceptionVector.GeneralProtection, HasErrorCode: true));
            return null;
        }
        if (!access.IsWrite) _state.Set(WHvX64RegisterRdx, value >> 32);
        Complete(access.IsWrite ? access.Rax : value & uint.MaxValue);
        return null;
    }

    private Exit? AnswerCpuid()
    {
        ref readonly var access = ref _exit->CpuidAccess;
        var answer = _cpuid.Get((uint)access.Rax, (uint)access.Rcx, apicEnabled: true);
        _state.Set(WHvX64RegisterRbx, answer.Ebx);
        _state.Set(WHvX64RegisterRcx, answer.Ecx);
        _state.Set(WHvX64RegisterRdx, answer.Edx);
        Complete(answer.Eax);
        return null;
    }

    private Exit? Emulate(bool mayRefuse = false)
    {
        if (_exit->VpContext.InterruptionPending) return Failed("the guest's stack or descriptor tables are on a device, and an exception or interrupt needs them");
        _state.LoadCore(_emulated);
        var emulation = _emulator.Run(_emulated, _state);
        if (emulation.Outcome == EmulationOutcome.Refused)
            return mayRefuse ? null : Failed($"an instruction that reaches a device cannot be completed: {emulation.Detail}");
        if (emulation is { Outcome: EmulationOutcome.Exception, Vector: ExceptionVector.PageFault }) _emulated.Cr2 = emulation.Address;
        _state.StoreCore(_emulated);
        if (emulation.Outcome == EmulationOutcome.Exception) Inject(in emulation);
        return null;
    }

    private void Inject(in EmulationResult raised) => _state.Set(WHvRegisterPendingEvent, WhpEvents.Exception(in raised));

    private Exit Failed(string detail) => new(ExitReason.Failed, _exit->VpContext.Rip, detail);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isGone) return;
            _isGone = true;
        }
        _windowWatch.Dispose();
        _native.DeleteProcessor(Index);
        _state.Dispose();
        _emulator.Dispose();
        NativeMemory.AlignedFree(_exit);
    }
}
