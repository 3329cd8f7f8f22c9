using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>A processor's state between KVM's form and the neutral one. The processor does not run.</summary>
internal sealed unsafe class KvmProcessorState(KvmHandle processor, CpuProfile profile)
{
    private const uint TimeStampCounter = 0x10;

    internal const uint TscAdjust = 0x3B, TscDeadline = 0x6E0, Efer = 0xC000_0080;

    /// <summary>Bytes of <c>struct kvm_lapic_state</c>.</summary>
    internal const int LocalApicSize = 0x400;

    /// <summary>Bytes of <c>struct kvm_xsave</c>, but for what features that were asked for add, and of its part that is FXSAVE's image.</summary>
    internal const int XSaveSize = 4096, LegacySize = 512;

    private const uint ApicBase = 0x1B;
    /// <summary>KVM_MP_STATE_HALTED.</summary>
    internal const int MpHalted = 3;

    private const int InRequest = 0x200, InService = 0x100, Bank = 0x10;
    private const int MpRunnable = 0, MpUninitialized = 1, MpInitReceived = 2;

    // Intel SDM vol. 4: SYSENTER's and SYSCALL's, what a kernel swaps and adjusts, speculation, PAT, MISC_ENABLE and the MTRRs.
    private static readonly uint[] Carried =
    [
        0x174, 0x175, 0x176, 0xC000_0081, 0xC000_0082, 0xC000_0083, 0xC000_0084, 0xC000_0102, 0xC000_0103, TscAdjust, 0x48, 0x277, 0x1A0, 0x17A,
        0x2FF, 0x250, 0x258, 0x259, .. Enumerable.Range(0x268, 8).Select(number => (uint)number), .. Enumerable.Range(0x200, 16).Select(number => (uint)number),
    ];

    // KVM's clock: of the wall, of the system, and the time that others have taken (linux/uapi/asm/kvm_para.h).
    private static readonly uint[] ClockRegisters = [0x4B56_4D00, 0x4B56_4D01, 0x4B56_4D03];

    private readonly uint[] _carried = KvmHostProfile.HasClock(profile) ? [.. Carried, .. ClockRegisters] : Carried;
    private readonly bool _hasXSave = KvmHostProfile.HasXSave(profile);

    /// <summary>RIP.</summary>
    internal ulong InstructionPointer => Get<KvmRegs>(KvmRequest.KVM_GET_REGS).Rip;

    /// <summary>Copies the state out.</summary>
    internal ProcessorState Get()
    {
        var state = new ProcessorState();
        GetRegisters(state);
        GetSystemRegisters(state);
        GetFloatingPoint(state);
        GetDebugRegisters(state);
        foreach (uint register in _carried)
            if (TryReadMsr(register, out ulong value)) state.Msrs[register] = value;
        GetLocalApic(state);
        GetEvents(state);
        int activity = Get<int>(KvmRequest.KVM_GET_MP_STATE);
        state.Activity = activity switch
        {
            MpUninitialized or MpInitReceived => ProcessorActivity.WaitForSipi, MpHalted => ProcessorActivity.Halted, _ => ProcessorActivity.Running,
        };
        return state;
    }

    /// <summary>Replaces the state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="tscOffset">What is added to the host's time-stamp counter, but for the processor's adjustment.</param>
    /// <param name="tsc">What the counter shows now, but for the adjustment.</param>
    internal void Set(ProcessorState state, ulong tscOffset, ulong tsc)
    {
        SetRegisters(state);
        SetSystemRegisters(state);
        SetFloatingPoint(state);
        SetDebugRegisters(state);
        foreach (var (register, value) in state.Msrs)
            if (register is not (ApicBase or TscDeadline)) TryWriteMsr(register, value);
        SetTsc(tscOffset, tsc);
        // A state without APIC registers (their version is never 0) leaves the APIC as it is.
        if (state.LocalApic[0x30] != 0)
        {
            fixed (byte* page = state.LocalApic) processor.Call(KvmRequest.KVM_SET_LAPIC, (nint)page);
            // Whether there is a deadline is the timer's mode in the registers: it comes after them.
            if (state.Msrs.TryGetValue(TscDeadline, out ulong deadline)) WriteMsr(TscDeadline, deadline);
        }
        SetEvents(state);
        int activity = state.Activity switch
        {
            ProcessorActivity.WaitForSipi => MpUninitialized, ProcessorActivity.Halted => MpHalted, _ => MpRunnable,
        };
        Set(KvmRequest.KVM_SET_MP_STATE, activity);
    }

    /// <summary>
    /// Sets the time-stamp counter. Not by its register where there is another way: KVM takes a value near to what the counter would show for an
    /// attempt to synchronise processors, and changes nothing.
    /// </summary>
    /// <param name="offset">What is added to the host's counter, but for the processor's adjustment.</param>
    /// <param name="now">What the counter shows now, but for the adjustment: for hosts (before Linux 5.16) that do not know offsets.</param>
    internal void SetTsc(ulong offset, ulong now)
    {
        ulong adjust = ReadMsr(TscAdjust);
        offset += adjust;
        if (!TryAttribute(KvmRequest.KVM_SET_DEVICE_ATTR, ref offset)) WriteMsr(TimeStampCounter, now + adjust);
    }

    /// <summary>The host's time-stamp counter at the guest's rate.</summary>
    internal ulong HostTsc
    {
        get
        {
            ulong offset = 0;
            return TryAttribute(KvmRequest.KVM_GET_DEVICE_ATTR, ref offset) ? ReadMsr(TimeStampCounter) - offset : 0;
        }
    }

    // KVM_VCPU_TSC_CTRL, KVM_VCPU_TSC_OFFSET: both are 0.
    private bool TryAttribute(KvmRequest request, ref ulong offset)
    {
        fixed (ulong* pointer = &offset)
        {
            var attribute = new KvmDeviceAttribute { Address = (nint)pointer };
            return processor.TryCall(request, (nint)(&attribute)) >= 0;
        }
    }

    /// <exception cref="KvmException">There is no such register here.</exception>
    internal ulong ReadMsr(uint register) =>
        TryReadMsr(register, out ulong value) ? value : throw new KvmException($"KVM has no model-specific register 0x{register:x}.");

    /// <exception cref="KvmException">There is no such register here, or it does not take the value.</exception>
    internal void WriteMsr(uint register, ulong value)
    {
        if (!TryWriteMsr(register, value)) throw new KvmException($"KVM's model-specific register 0x{register:x} does not take 0x{value:x}.");
    }

    internal bool TryWriteMsr(uint register, ulong value)
    {
        var list = new OneMsr { Count = 1, Entry = { Index = register, Data = value } };
        return processor.Call(KvmRequest.KVM_SET_MSRS, ref list) == 1;
    }

    internal bool TryReadMsr(uint register, out ulong value)
    {
        var list = new OneMsr { Count = 1, Entry = { Index = register } };
        bool known = processor.Call(KvmRequest.KVM_GET_MSRS, ref list) == 1;
        value = list.Entry.Data;
        return known;
    }

    private void GetRegisters(ProcessorState state) => KvmRegisterForms.ToNeutral(Get<KvmRegs>(KvmRequest.KVM_GET_REGS), state);

    private void SetRegisters(ProcessorState state) => Set(KvmRequest.KVM_SET_REGS, KvmRegisterForms.ToRegs(state));

    private void GetSystemRegisters(ProcessorState state)
    {
        var sregs = Get<KvmSregs>(KvmRequest.KVM_GET_SREGS);
        KvmRegisterForms.ToNeutral(in sregs, state);
        state.Msrs[ApicBase] = sregs.ApicBase;
    }

    private void SetSystemRegisters(ProcessorState state)
    {
        var sregs = Get<KvmSregs>(KvmRequest.KVM_GET_SREGS);
        KvmRegisterForms.ToSregs(state, ref sregs);
        if (state.Msrs.TryGetValue(ApicBase, out ulong apicBase)) sregs.ApicBase = apicBase;
        Set(KvmRequest.KVM_SET_SREGS, sregs);
    }

    // The legacy region is FXSAVE's image, and the header behind it tells which parts are there (Intel SDM vol. 1, 13.4). KVM_GET_FPU
    // and KVM_SET_FPU leave MXCSR out.
    private void GetFloatingPoint(ProcessorState state)
    {
        byte* area = stackalloc byte[XSaveSize];
        processor.Call(KvmRequest.KVM_GET_XSAVE, (nint)area);
        new ReadOnlySpan<byte>(area, LegacySize).CopyTo(state.FxSave);
        if (!_hasXSave) return;
        state.ExtendedState = new ReadOnlySpan<byte>(area + LegacySize, XSaveSize - LegacySize).ToArray();
        state.Xcr0 = Get<KvmXcrs>(KvmRequest.KVM_GET_XCRS).Value;
    }

    private void SetFloatingPoint(ProcessorState state)
    {
        const ulong x87AndSse = 3;
        byte* area = stackalloc byte[XSaveSize];
        new Span<byte>(area, XSaveSize).Clear();
        state.FxSave.CopyTo(new Span<byte>(area, LegacySize));
        if (_hasXSave && state.ExtendedState.Length == XSaveSize - LegacySize)
        {
            state.ExtendedState.CopyTo(new Span<byte>(area + LegacySize, XSaveSize - LegacySize));
            Set(KvmRequest.KVM_SET_XCRS, new KvmXcrs { Count = 1, Value = state.Xcr0 });
        }
        else *(ulong*)(area + LegacySize) = x87AndSse;
        processor.Call(KvmRequest.KVM_SET_XSAVE, (nint)area);
    }

    private void GetDebugRegisters(ProcessorState state) => KvmRegisterForms.ToNeutral(Get<KvmDebugRegs>(KvmRequest.KVM_GET_DEBUGREGS), state);

    private void SetDebugRegisters(ProcessorState state) => Set(KvmRequest.KVM_SET_DEBUGREGS, KvmRegisterForms.ToDebugRegs(state));

    private void GetLocalApic(ProcessorState state)
    {
        fixed (byte* page = state.LocalApic) processor.Call(KvmRequest.KVM_GET_LAPIC, (nint)page);
        if (TryReadMsr(TscDeadline, out ulong deadline)) state.Msrs[TscDeadline] = deadline;
    }

    private void GetEvents(ProcessorState state)
    {
        var events = Get<KvmVcpuEvents>(KvmRequest.KVM_GET_VCPU_EVENTS);
        state.InterruptShadow = events.InterruptShadow != 0;
        state.NmiBlocked = events.NmiMasked != 0;
        state.NmiPending = events.NmiPending != 0 || events.NmiInjected != 0;
        // An interrupt that was acknowledged but has not reached its handler is requested again. Exceptions come again with their instruction.
        if (events.InterruptInjected == 0 || events.InterruptSoft != 0) return;
        int at = Bank * (events.InterruptNr >> 5), bit = events.InterruptNr & 31;
        ref uint service = ref MemoryMarshal.AsRef<uint>(state.LocalApic.AsSpan(InService + at)), request = ref MemoryMarshal.AsRef<uint>(state.LocalApic.AsSpan(InRequest + at));
        service &= ~(1u << bit);
        request |= 1u << bit;
    }

    private void SetEvents(ProcessorState state) => Set(KvmRequest.KVM_SET_VCPU_EVENTS, new KvmVcpuEvents
    {
        Flags = KvmVcpuEvents.NmiPendingValid | KvmVcpuEvents.ShadowValid,
        InterruptShadow = (byte)(state.InterruptShadow ? KvmVcpuEvents.ShadowSti : 0),
        NmiMasked = (byte)(state.NmiBlocked ? 1 : 0),
        NmiPending = (byte)(state.NmiPending ? 1 : 0),
    });

    private T Get<T>(KvmRequest request) where T : unmanaged
    {
        T value = default;
        processor.Call(request, ref value);
        return value;
    }

    private void Set<T>(KvmRequest request, T value) where T : unmanaged => processor.Call(request, ref value);

    /// <summary><c>struct kvm_msrs</c> with one entry.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OneMsr
    {
        internal uint Count, Padding;
        internal KvmMsrEntry Entry;
    }
}
