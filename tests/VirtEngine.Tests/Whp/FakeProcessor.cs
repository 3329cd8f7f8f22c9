using Iced.Intel;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_REGISTER_NAME;

namespace VirtEngine.Tests.Whp;

/// <summary>
/// A processor that behaves to its caller as the platform's do, and is the software CPU underneath, stepped an instruction at a time: it leaves
/// the guest before an instruction that reaches a device, tells of HLT or sleeps in it, keeps a cancel for the next run.
/// </summary>
internal sealed unsafe class FakeProcessor(SoftwareProcessor processor, FakeTraits traits, CpuProfile profile, IReadOnlySet<uint> cpuidExits)
{
    private const ulong InterruptFlag = 0x200;

    private readonly object _gate = new();
    private bool _canceled;
    private WHV_REGISTER_VALUE _event;
    private bool _windowAsked;

    /// <summary>Vector of a level-triggered interrupt that the guest has ended in this step, or −1.</summary>
    internal int EndedInterrupt { get; set; } = -1;

    internal SoftwareProcessor Software => processor;

    private Cpu Cpu => processor.Cpu;

    internal void Cancel()
    {
        lock (_gate)
        {
            _canceled = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Run(WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        while (true)
        {
            *exit = default;
            exit->ExitReason = Advance(exit);
            if (exit->ExitReason == WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonNone) continue;
            var code = Cpu.Segments[1];
            exit->VpContext.Cs = new() { Selector = code.Selector, Base = code.Base, Limit = code.Limit, Attributes = code.Attributes };
            (exit->VpContext.Rip, exit->VpContext.Rflags) = (Cpu.State->Rip, Cpu.GetFlags());
            if (Cpu.InterruptShadow) exit->VpContext.ExecutionState |= 1 << 12;
            return;
        }
    }

    // None: go on.
    private WHV_RUN_VP_EXIT_REASON Advance(WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        if (!TryWait()) return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonCanceled;
        if ((Volatile.Read(ref Cpu.State->Pending) != 0 || Cpu.Activity != ProcessorActivity.Running) && Cpu.TryLeave(out var end)) return Ended(end, exit);
        if (Cpu.Activity != ProcessorActivity.Running) return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonNone;
        bool deliverable = (Cpu.GetFlags() & InterruptFlag) != 0 && !Cpu.InterruptShadow;
        DeliverEvent(deliverable);
        if (_windowAsked && deliverable && (_event.Reg64 & 1) == 0)
        {
            _windowAsked = false;
            return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64InterruptWindow;
        }

        if (MayIntercept() && Intercepts(Decode(), exit) is { } intercept) return intercept;
        bool shadow = Cpu.InterruptShadow;
        try
        {
            Cpu.StepOne();
        }
        catch (AccessTrap trap)
        {
            Cpu.CurrentBlock = null;
            if (shadow) Cpu.ShadowInterrupts(traps: false);
            return Describe(trap, Decode(), exit);
        }
        if (EndedInterrupt >= 0)
        {
            exit->ApicEoi = (uint)EndedInterrupt;
            EndedInterrupt = -1;
            return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64ApicEoi;
        }
        if (Cpu.Activity == ProcessorActivity.Halted && traits.TellsOfHalts)
        {
            Cpu.Activity = ProcessorActivity.Running;
            return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64Halt;
        }
        return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonNone;
    }

    // CPUID, RDMSR and WRMSR begin with 0FH; most others do not, and need not be decoded twice.
    private bool MayIntercept()
    {
        byte* code = Cpu.TryPointer(Cpu.State->Rip + (Cpu.Is64Bit ? 0 : Cpu.State->SegmentBase[1]), 1, write: false);
        Cpu.ClearFault();
        return code == null || *code == 0x0F;
    }

    private Instruction Decode()
    {
        Cpu.DecodeOne(out var instruction);
        Cpu.ClearFault();
        return instruction;
    }

    // Sleeps while the processor does; false when the run is canceled.
    private bool TryWait()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_canceled)
                {
                    _canceled = false;
                    return false;
                }
                if (Cpu.Activity is ProcessorActivity.Running or ProcessorActivity.Shutdown) return true;
                Cpu.Withdraw(PendingWork.SingleStep);
                if (Volatile.Read(ref Cpu.State->Pending) != 0) return true;
                Monitor.Wait(_gate, 1);
            }
        }
    }

    private void DeliverEvent(bool deliverable)
    {
        if ((_event.Reg64 & 1) == 0) return;
        bool external = WhpEvents.TryReadExternalInterrupt(_event.Reg64, out byte vector);
        if (external && !deliverable) return;
        if (external) Cpu.DeliverInterrupt(vector);
        else
        {
            Cpu.Raise((byte)(_event.Reg64 >> 16), (uint)(_event.Reg64 >> 32));
            Cpu.FaultAddress = _event.High64;
            Cpu.DeliverFault();
        }
        _event = default;
    }

    private WHV_RUN_VP_EXIT_REASON? Intercepts(in Instruction instruction, WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        var registers = new ReadOnlySpan<ulong>(Cpu.State->Registers, 16);
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Cpuid when cpuidExits.Contains((uint)registers[0]):
                exit->CpuidAccess = new() { Rax = registers[0], Rcx = registers[1] };
                exit->VpContext.LengthAndCr8 = (byte)instruction.Length;
                return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64Cpuid;
            case Mnemonic.Rdmsr or Mnemonic.Wrmsr when Cpu.State->Cpl == 0 && !Msr.IsStored((uint)registers[1]) && profile.ConstantMsrs.ContainsKey((uint)registers[1]):
                exit->MsrAccess = new() { MsrNumber = (uint)registers[1], AccessInfo = instruction.Mnemonic == Mnemonic.Wrmsr ? 1u : 0, Rax = registers[0], Rdx = registers[2] };
                exit->VpContext.LengthAndCr8 = (byte)instruction.Length;
                return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64MsrAccess;
            default:
                return null;
        }
    }

    private WHV_RUN_VP_EXIT_REASON Describe(AccessTrap trap, in Instruction instruction, WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        exit->VpContext.LengthAndCr8 = (byte)instruction.Length;
        if (trap.IsPort)
        {
            exit->IoPortAccess.PortNumber = (ushort)trap.Address;
            exit->IoPortAccess.AccessInfo = (trap.IsWrite ? 1u : 0) | (uint)trap.Size << 1 | (instruction.IsStringInstruction ? 1u << 4 : 0) | (instruction.HasRepPrefix ? 1u << 5 : 0);
            exit->IoPortAccess.Rax = Cpu.State->Registers[0];
            return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonX64IoPortAccess;
        }
        if (traits.CallsDevicesCanceled) return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonCanceled;
        exit->MemoryAccess.Gpa = trap.Address;
        exit->MemoryAccess.AccessInfo = trap.IsWrite ? 1u : 0;
        return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonMemoryAccess;
    }

    private static WHV_RUN_VP_EXIT_REASON Ended(Exit end, WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        if (end.Reason == ExitReason.Shutdown) return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonUnrecoverableException;
        // The software CPU stops for nothing else here than code where no RAM is.
        Assert.Contains("no RAM", end.Detail!, StringComparison.Ordinal);
        exit->MemoryAccess.AccessInfo = (uint)WHV_MEMORY_ACCESS_TYPE.WHvMemoryAccessExecute;
        return WHV_RUN_VP_EXIT_REASON.WHvRunVpExitReasonMemoryAccess;
    }

    internal bool TryGet(ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        var state = Cpu.GetState();
        for (int i = 0; i < names.Length; i++)
        {
            values[i] = default;
            if (!TryGet(state, names[i], ref values[i])) return false;
        }
        return true;
    }

    internal bool TrySet(ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        var state = Cpu.GetState();
        bool changed = false;
        for (int i = 0; i < names.Length; i++)
        {
            if (TrySetApart(names[i], values[i])) continue;
            if (!TrySet(state, names[i], values[i])) return false;
            changed = true;
        }
        if (changed) Cpu.SetState(state);
        return true;
    }

    private bool TryGet(ProcessorState state, WHV_REGISTER_NAME name, ref WHV_REGISTER_VALUE value)
    {
        switch (name)
        {
            case <= WHvX64RegisterR15: value.Reg64 = state.Registers[(int)name]; return true;
            case WHvX64RegisterRip: value.Reg64 = state.InstructionPointer; return true;
            case WHvX64RegisterRflags: value.Reg64 = state.Flags; return true;
            case <= WHvX64RegisterGs: value.Segment = ToNative(state.Segments[name - WHvX64RegisterEs]); return true;
            case WHvX64RegisterLdtr: value.Segment = ToNative(state.LocalDescriptorTable); return true;
            case WHvX64RegisterTr: value.Segment = ToNative(state.TaskRegister); return true;
            case WHvX64RegisterIdtr: (value.Table.Base, value.Table.Limit) = (state.InterruptDescriptorTable.Base, state.InterruptDescriptorTable.Limit); return true;
            case WHvX64RegisterGdtr: (value.Table.Base, value.Table.Limit) = (state.GlobalDescriptorTable.Base, state.GlobalDescriptorTable.Limit); return true;
            case WHvX64RegisterCr0: value.Reg64 = state.Cr0; return true;
            case WHvX64RegisterCr2: value.Reg64 = state.Cr2; return true;
            case WHvX64RegisterCr3: value.Reg64 = state.Cr3; return true;
            case WHvX64RegisterCr4: value.Reg64 = state.Cr4; return true;
            case WHvX64RegisterCr8: value.Reg64 = state.Cr8; return true;
            case <= WHvX64RegisterDr7: value.Reg64 = state.DebugRegisters[name - WHvX64RegisterDr0]; return true;
            case WHvX64RegisterEfer: value.Reg64 = state.Efer; return true;
            case WHvRegisterInterruptState: value.Reg64 = (state.InterruptShadow ? 1ul : 0) | (state.NmiBlocked ? 2ul : 0); return true;
            case WHvRegisterInternalActivityState:
                value.Reg64 = state.Activity switch { ProcessorActivity.WaitForSipi => 1, ProcessorActivity.Halted => 2, _ => 0 };
                return true;
            case WHvRegisterPendingEvent: value = _event; return true;
            case WHvRegisterPendingInterruption: value.Reg64 = state.NmiPending ? 1ul | 2 << 1 | 2 << 16 : 0; return true;
            case WHvX64RegisterApicBase: value.Reg64 = processor.Apic.BaseRegister; return true;
            case WHvX64RegisterTscDeadline: value.Reg64 = processor.Apic.TscDeadline; return true;
            case WHvX64RegisterApicLvtLint0: value.Reg64 = (uint)processor.Apic.Read(0x350, 4); return true;
        }
        foreach (var (msr, known) in WhpMsrs.Carried)
            if (known == name) return state.Msrs.TryGetValue(msr, out value.Reg64);
        return false;
    }

    private bool TrySetApart(WHV_REGISTER_NAME name, in WHV_REGISTER_VALUE value)
    {
        switch (name)
        {
            case WHvRegisterInternalActivityState:
                Cpu.Activity = value.Reg64 switch { 1 => ProcessorActivity.WaitForSipi, 2 => ProcessorActivity.Halted, _ => ProcessorActivity.Running };
                return true;
            case WHvRegisterPendingEvent: _event = value; return true;
            case WHvRegisterPendingInterruption: return true;
            case WHvX64RegisterDeliverabilityNotifications: _windowAsked = (value.Reg64 & WhpEvents.InterruptNotification) != 0; return true;
            case WHvX64RegisterTsc: return true; // it is the machine's clock here
            case WHvX64RegisterApicBase: return processor.Apic.TrySetBase(value.Reg64);
            case WHvX64RegisterTscDeadline: processor.Apic.SetTscDeadline(value.Reg64, Cpu.ReadTsc(), profile.TscHz); return true;
            case WHvX64RegisterApicLvtLint0:
                byte[] page = new byte[4096];
                processor.Apic.Save(page);
                BitConverter.TryWriteBytes(page.AsSpan(0x350), (uint)value.Reg64);
                LoadApic(page);
                return true;
            default: return false;
        }
    }

    internal void LoadApic(ReadOnlySpan<byte> page) =>
        processor.Apic.Load(page, processor.Apic.BaseRegister, processor.Apic.TscDeadline, Cpu.ReadTsc(), profile.TscHz);

    private static bool TrySet(ProcessorState state, WHV_REGISTER_NAME name, in WHV_REGISTER_VALUE value)
    {
        switch (name)
        {
            case <= WHvX64RegisterR15: state.Registers[(int)name] = value.Reg64; return true;
            case WHvX64RegisterRip: state.InstructionPointer = value.Reg64; return true;
            case WHvX64RegisterRflags: state.Flags = value.Reg64; return true;
            case <= WHvX64RegisterGs: state.Segments[name - WHvX64RegisterEs] = FromNative(value.Segment); return true;
            case WHvX64RegisterLdtr: state.LocalDescriptorTable = FromNative(value.Segment); return true;
            case WHvX64RegisterTr: state.TaskRegister = FromNative(value.Segment); return true;
            case WHvX64RegisterIdtr: state.InterruptDescriptorTable = new(value.Table.Base, value.Table.Limit); return true;
            case WHvX64RegisterGdtr: state.GlobalDescriptorTable = new(value.Table.Base, value.Table.Limit); return true;
            case WHvX64RegisterCr0: state.Cr0 = value.Reg64; return true;
            case WHvX64RegisterCr2: state.Cr2 = value.Reg64; return true;
            case WHvX64RegisterCr3: state.Cr3 = value.Reg64; return true;
            case WHvX64RegisterCr4: state.Cr4 = value.Reg64; return true;
            case WHvX64RegisterCr8: state.Cr8 = value.Reg64; return true;
            case <= WHvX64RegisterDr7: state.DebugRegisters[name - WHvX64RegisterDr0] = value.Reg64; return true;
            case WHvX64RegisterEfer: state.Efer = value.Reg64; return true;
            case WHvRegisterInterruptState: (state.InterruptShadow, state.NmiBlocked) = ((value.Reg64 & 1) != 0, (value.Reg64 & 2) != 0); return true;
        }
        foreach (var (msr, known) in WhpMsrs.Carried)
        {
            if (known != name) continue;
            state.Msrs[msr] = value.Reg64;
            return true;
        }
        return false;
    }

    private static WHV_X64_SEGMENT_REGISTER ToNative(SegmentState segment) =>
        new() { Selector = segment.Selector, Base = segment.Base, Limit = segment.Limit, Attributes = segment.Attributes };

    private static SegmentState FromNative(WHV_X64_SEGMENT_REGISTER segment) => new(segment.Selector, segment.Base, segment.Limit, segment.Attributes);
}
