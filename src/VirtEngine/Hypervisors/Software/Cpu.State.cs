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
        var state = new ProcessorState();
        Store(state);
        foreach (uint msr in CarriedMsrs)
            if (TryReadMsr(msr, out ulong value)) state.Msrs[msr] = value;
        foreach (var (msr, value) in _msrs) state.Msrs[msr] = value;
        return state;
    }

    /// <summary>Replaces the architectural state, but for the local APIC's.</summary>
    internal void SetState(ProcessorState state)
    {
        foreach (var (msr, value) in state.Msrs) TryWriteMsr(msr, value);
        Load(state);
        FlushTlb();
    }

    /// <summary>Copies out what has a field of its own: all but the model-specific registers and the local APIC.</summary>
    internal void Store(ProcessorState state)
    {
        new ReadOnlySpan<ulong>(State->Registers, 16).CopyTo(state.Registers);
        (state.InstructionPointer, state.Flags) = (State->Rip, GetFlags());
        Segments.CopyTo(state.Segments, 0);
        (state.LocalDescriptorTable, state.TaskRegister, state.GlobalDescriptorTable, state.InterruptDescriptorTable) = (Ldtr, Tr, Gdtr, Idtr);
        (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Cr8, state.Efer)
            = (State->Cr0, State->Cr2, State->Cr3, State->Cr4, Services.TaskPriority, State->Efer);
        DebugRegisters.CopyTo(state.DebugRegisters, 0);
        new ReadOnlySpan<byte>(State->Fx, 512).CopyTo(state.FxSave);
        (state.Activity, state.InterruptShadow, state.NmiBlocked, state.NmiPending) = (Activity, InterruptShadow, _nmiBlocked, _nmiPending);
    }

    /// <summary>Takes over what has a field of its own. Translations that are kept stay.</summary>
    internal void Load(ProcessorState state)
    {
        state.Registers.CopyTo(new Span<ulong>(State->Registers, 16));
        State->Rip = state.InstructionPointer;
        for (int i = 0; i < 6; i++) SetSegment(i, state.Segments[i]);
        (Ldtr, Tr, Gdtr, Idtr) = (state.LocalDescriptorTable, state.TaskRegister, state.GlobalDescriptorTable, state.InterruptDescriptorTable);
        (State->Cr0, State->Cr2, State->Cr3, State->Cr4, State->Efer) = (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Efer);
        state.DebugRegisters.CopyTo(DebugRegisters, 0);
        LoadVectors(state.FxSave);
        Services.TaskPriority = state.Cr8;
        ClearFault();
        Failure = null;
        _stepDue = false;
        Activity = state.Activity;
        _nmiBlocked = state.NmiBlocked;
        _nmiPending = state.NmiPending;
        // Protected mode's privilege is that of the stack; real mode's is 0.
        SetCpl((state.Cr0 & ControlBits.Cr0Pe) != 0 ? DescriptorBits.Dpl(state.Segments[SegmentRegister.Ss].Attributes) : 0);
        SetFlags(state.Flags);
        InterruptShadow = state.InterruptShadow;
        if (InterruptShadow) Request(PendingWork.SingleStep);
        UpdateMode();
        Request(PendingWork.Interrupt | (_nmiPending ? PendingWork.Nmi : 0));
    }

    /// <summary>Replaces the x87 and SSE registers.</summary>
    /// <param name="image">512 bytes in the 64-bit FXSAVE layout.</param>
    internal void LoadVectors(ReadOnlySpan<byte> image) => image[..512].CopyTo(new Span<byte>(State->Fx, 512));
}
