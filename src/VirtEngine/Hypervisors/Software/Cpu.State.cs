namespace VirtEngine.Hypervisors.Software;

/// <content>The backend-neutral state, out and in.</content>
internal sealed unsafe partial class Cpu
{
    // Registers that ProcessorState.Msrs carries besides those that are merely stored.
    private static readonly uint[] CarriedMsrs =
        [Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip, Msr.Star, Msr.LStar, Msr.CStar, Msr.SyscallMask, Msr.KernelGsBase, Msr.TscAux,
            Msr.TscAdjust];

    /// <summary>Copies the architectural state out, but for the local APIC's.</summary>
    internal ProcessorState GetState()
    {
        var state = new ProcessorState
        {
            InstructionPointer = State->Rip,
            Flags = GetFlags(),
            LocalDescriptorTable = Ldtr,
            TaskRegister = Tr,
            GlobalDescriptorTable = Gdtr,
            InterruptDescriptorTable = Idtr,
            Cr0 = State->Cr0,
            Cr2 = State->Cr2,
            Cr3 = State->Cr3,
            Cr4 = State->Cr4,
            Cr8 = Services.TaskPriority,
            Efer = State->Efer,
            Activity = Activity,
            InterruptShadow = InterruptShadow,
            NmiBlocked = _nmiBlocked,
            NmiPending = _nmiPending,
        };
        for (int i = 0; i < 16; i++) state.Registers[i] = State->Registers[i];
        Segments.CopyTo(state.Segments, 0);
        DebugRegisters.CopyTo(state.DebugRegisters, 0);
        new ReadOnlySpan<byte>(State->Fx, 512).CopyTo(state.FxSave);
        foreach (uint msr in CarriedMsrs)
            if (TryReadMsr(msr, out ulong value)) state.Msrs[msr] = value;
        foreach (var (msr, value) in _msrs) state.Msrs[msr] = value;
        return state;
    }

    /// <summary>Replaces the architectural state, but for the local APIC's.</summary>
    internal void SetState(ProcessorState state)
    {
        for (int i = 0; i < 16; i++) State->Registers[i] = state.Registers[i];
        State->Rip = state.InstructionPointer;
        for (int i = 0; i < 6; i++) SetSegment(i, state.Segments[i]);
        Ldtr = state.LocalDescriptorTable;
        Tr = state.TaskRegister;
        Gdtr = state.GlobalDescriptorTable;
        Idtr = state.InterruptDescriptorTable;
        State->Cr0 = state.Cr0;
        State->Cr2 = state.Cr2;
        State->Cr3 = state.Cr3;
        State->Cr4 = state.Cr4;
        State->Efer = state.Efer;
        state.DebugRegisters.CopyTo(DebugRegisters, 0);
        state.FxSave.CopyTo(new Span<byte>(State->Fx, 512));
        Services.TaskPriority = state.Cr8;
        foreach (var (msr, value) in state.Msrs) TryWriteMsr(msr, value);
        ClearFault();
        _stepDue = false;
        Activity = state.Activity;
        _nmiBlocked = state.NmiBlocked;
        _nmiPending = state.NmiPending;
        // Protected mode's privilege is that of the stack; real mode's is 0.
        SetCpl((state.Cr0 & ControlBits.Cr0Pe) != 0 ? DescriptorBits.Dpl(state.Segments[SegmentRegister.Ss].Attributes) : 0);
        SetFlags(state.Flags);
        InterruptShadow = state.InterruptShadow;
        if (InterruptShadow) Request(PendingWork.SingleStep);
        FlushTlb();
        UpdateMode();
        Request(PendingWork.Interrupt | (_nmiPending ? PendingWork.Nmi : 0));
    }
}
