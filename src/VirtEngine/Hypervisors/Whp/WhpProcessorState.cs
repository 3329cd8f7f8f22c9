using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Emulation;
using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_REGISTER_NAME;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>A processor's state between the platform's form and the neutral one. The processor does not run.</summary>
internal sealed unsafe class WhpProcessorState : IVectorState, IDisposable
{
    // General registers, RIP and RFLAGS; then what an instruction seldom changes.
    private const int General = 18, Segments = 18, Ldtr = 24, Tr = 25, Idtr = 26, Gdtr = 27, Cr0 = 28, Cr2 = 29, Cr3 = 30, Cr4 = 31, Cr8 = 32, Debug = 33, Efer = 39,
        InterruptState = 40, Count = 41;

    private const int ApicVersion = 0x30, InService = 0x100, InRequest = 0x200, Bank = 0x10;
    private const int XsaveCapacity = 16384; // AMX makes it 11 KiB
    private const ushort SegmentAttributes = 0xF0FF;

    private static readonly WHV_REGISTER_NAME[] Names =
        [.. Enumerable.Range(0, Efer).Select(number => (WHV_REGISTER_NAME)number), WHvX64RegisterEfer, WHvRegisterInterruptState];

    private readonly IWinHvPartition _native;
    private readonly int _index;
    private readonly WhpRegisterBuffer _values = new(Count), _before = new(Count), _one = new(1);
    private readonly byte* _xsave = (byte*)NativeMemory.AlignedAlloc(XsaveCapacity, 64);
    private int _xsaveSize;

    internal WhpProcessorState(IWinHvPartition native, int index)
    {
        _native = native;
        _index = index;
    }

    /// <summary>Reads one register.</summary>
    /// <returns>False if the platform does not know it.</returns>
    internal bool TryGet(WHV_REGISTER_NAME name, out ulong value)
    {
        bool known = _native.TryGetRegisters(_index, new(in name), _one.Values);
        value = known ? _one[0].Reg64 : 0;
        return known;
    }

    /// <summary>Reads one register that every version of the platform knows.</summary>
    internal ulong Get(WHV_REGISTER_NAME name) => TryGet(name, out ulong value) ? value : throw new WhpException($"The platform does not give {name}.");

    /// <summary>Writes one register.</summary>
    /// <returns>False if the platform does not know it, or it does not take the value.</returns>
    internal bool TrySet(WHV_REGISTER_NAME name, in WHV_REGISTER_VALUE value)
    {
        _one[0] = value;
        return _native.TrySetRegisters(_index, new(in name), _one.Values);
    }

    /// <inheritdoc cref="TrySet(WHV_REGISTER_NAME, in WHV_REGISTER_VALUE)"/>
    internal bool TrySet(WHV_REGISTER_NAME name, ulong value) => TrySet(name, new WHV_REGISTER_VALUE { Reg64 = value });

    /// <summary>Writes one register that every version of the platform knows.</summary>
    /// <exception cref="WhpException">It does not take the value.</exception>
    internal void Set(WHV_REGISTER_NAME name, in WHV_REGISTER_VALUE value)
    {
        if (!TrySet(name, value)) throw new WhpException($"{name} does not take 0x{value.High64:x}{value.Reg64:x16}.");
    }

    /// <inheritdoc cref="Set(WHV_REGISTER_NAME, in WHV_REGISTER_VALUE)"/>
    internal void Set(WHV_REGISTER_NAME name, ulong value) => Set(name, new WHV_REGISTER_VALUE { Reg64 = value });

    /// <summary>Copies out what an instruction works on: all but x87 and SSE, model-specific registers and the local APIC.</summary>
    internal void LoadCore(ProcessorState state)
    {
        if (!_native.TryGetRegisters(_index, Names, _values.Values)) throw new WhpException("The platform does not give a processor's registers.");
        _values.Span.CopyTo(_before.Span);
        for (int i = 0; i < 16; i++) state.Registers[i] = _values[i].Reg64;
        state.InstructionPointer = _values[16].Reg64;
        state.Flags = _values[17].Reg64;
        for (int i = 0; i < 6; i++) state.Segments[i] = FromNative(_values[Segments + i].Segment);
        state.LocalDescriptorTable = FromNative(_values[Ldtr].Segment);
        state.TaskRegister = FromNative(_values[Tr].Segment);
        state.InterruptDescriptorTable = new(_values[Idtr].Table.Base, _values[Idtr].Table.Limit);
        state.GlobalDescriptorTable = new(_values[Gdtr].Table.Base, _values[Gdtr].Table.Limit);
        (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Cr8, state.Efer)
            = (_values[Cr0].Reg64, _values[Cr2].Reg64, _values[Cr3].Reg64, _values[Cr4].Reg64, _values[Cr8].Reg64, _values[Efer].Reg64);
        for (int i = 0; i < 6; i++) state.DebugRegisters[i] = _values[Debug + i].Reg64;
        state.InterruptShadow = (_values[InterruptState].Reg64 & WhpEvents.InterruptShadow) != 0;
        state.NmiBlocked = (_values[InterruptState].Reg64 & WhpEvents.NmiMasked) != 0;
        (state.Activity, state.NmiPending) = (ProcessorActivity.Running, false);
    }

    /// <summary>Copies back what <see cref="LoadCore"/> gave: general registers always, the others where they have changed.</summary>
    internal void StoreCore(ProcessorState state)
    {
        FromNeutral(state);
        bool all = !MemoryMarshal.AsBytes(_values.Span[General..]).SequenceEqual(MemoryMarshal.AsBytes(_before.Span[General..]));
        Store(all ? Count : General);
    }

    /// <summary>Copies the whole state out.</summary>
    internal ProcessorState Get()
    {
        var state = new ProcessorState();
        LoadCore(state);
        Load(state.FxSave);
        foreach (var (msr, name) in WhpMsrs.Carried)
            if (TryGet(name, out ulong value)) state.Msrs[msr] = value;
        GetLocalApic(state);
        ulong activity = Get(WHvRegisterInternalActivityState);
        state.Activity = (activity & WhpEvents.StartupSuspend) != 0 ? ProcessorActivity.WaitForSipi
            : (activity & WhpEvents.HaltSuspend) != 0 ? ProcessorActivity.Halted : ProcessorActivity.Running;
        GetEvents(state);
        return state;
    }

    /// <summary>Replaces the whole state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="tsc">What the time-stamp counter shows, but for its adjustment.</param>
    internal void Set(ProcessorState state, ulong tsc)
    {
        FromNeutral(state);
        Store(Count);
        Store(state.FxSave);
        foreach (var (msr, name) in WhpMsrs.Carried)
            if (state.Msrs.TryGetValue(msr, out ulong value)) TrySet(name, value);
        state.Msrs.TryGetValue(WhpMsrs.TscAdjust, out ulong adjust);
        Set(WHvX64RegisterTsc, tsc + adjust);
        // A state without APIC registers (their version is never 0) leaves the APIC as it is.
        if (state.LocalApic[ApicVersion] != 0)
        {
            if (state.Msrs.TryGetValue(WhpMsrs.ApicBase, out ulong apicBase)) Set(WHvX64RegisterApicBase, apicBase);
            _native.SetInterruptController(_index, state.LocalApic);
            // Whether there is a deadline is the timer's mode in the registers: it comes after them.
            if (state.Msrs.TryGetValue(WhpMsrs.TscDeadline, out ulong deadline)) TrySet(WHvX64RegisterTscDeadline, deadline);
        }
        Set(WHvRegisterInternalActivityState, state.Activity switch
        {
            ProcessorActivity.WaitForSipi => WhpEvents.StartupSuspend, ProcessorActivity.Halted => WhpEvents.HaltSuspend, _ => 0,
        });
        Set(WHvRegisterPendingInterruption, 0);
        Set(WHvRegisterPendingEvent, 0);
    }

    /// <inheritdoc/>
    public void Load(Span<byte> image)
    {
        _xsaveSize = _native.GetXsave(_index, new(_xsave, XsaveCapacity));
        if (_xsaveSize < WhpExtendedState.MinimumSize) throw new WhpException($"The platform gives an XSAVE area of {_xsaveSize} bytes.");
        WhpExtendedState.Load(new(_xsave, _xsaveSize), image);
    }

    /// <inheritdoc/>
    public void Store(ReadOnlySpan<byte> image)
    {
        // The rest of the area is the processor's own.
        _xsaveSize = _native.GetXsave(_index, new(_xsave, XsaveCapacity));
        WhpExtendedState.Store(image, new(_xsave, _xsaveSize));
        _native.SetXsave(_index, new(_xsave, _xsaveSize));
    }

    private void FromNeutral(ProcessorState state)
    {
        for (int i = 0; i < 16; i++) _values[i].Reg64 = state.Registers[i];
        _values[16].Reg64 = state.InstructionPointer;
        _values[17].Reg64 = state.Flags;
        for (int i = 0; i < 6; i++) _values[Segments + i].Segment = ToNative(state.Segments[i]);
        _values[Ldtr].Segment = ToNative(state.LocalDescriptorTable);
        _values[Tr].Segment = ToNative(state.TaskRegister);
        (_values[Idtr].Table.Base, _values[Idtr].Table.Limit) = (state.InterruptDescriptorTable.Base, state.InterruptDescriptorTable.Limit);
        (_values[Gdtr].Table.Base, _values[Gdtr].Table.Limit) = (state.GlobalDescriptorTable.Base, state.GlobalDescriptorTable.Limit);
        (_values[Cr0].Reg64, _values[Cr2].Reg64, _values[Cr3].Reg64, _values[Cr4].Reg64, _values[Cr8].Reg64, _values[Efer].Reg64)
            = (state.Cr0, state.Cr2, state.Cr3, state.Cr4, state.Cr8, state.Efer);
        for (int i = 0; i < 6; i++) _values[Debug + i].Reg64 = state.DebugRegisters[i];
        _values[InterruptState].Reg64 = (state.InterruptShadow ? WhpEvents.InterruptShadow : 0) | (state.NmiBlocked ? WhpEvents.NmiMasked : 0);
    }

    private void Store(int count)
    {
        if (!_native.TrySetRegisters(_index, Names.AsSpan(0, count), _values.Values)) throw new WhpException("The platform does not take the processor's registers.");
    }

    private static SegmentState FromNative(in WHV_X64_SEGMENT_REGISTER segment) =>
        new(segment.Selector, segment.Base, segment.Limit, (ushort)(segment.Attributes & SegmentAttributes));

    private static WHV_X64_SEGMENT_REGISTER ToNative(SegmentState segment) =>
        new() { Selector = segment.Selector, Base = segment.Base, Limit = segment.Limit, Attributes = (ushort)(segment.Attributes & SegmentAttributes) };

    private void GetLocalApic(ProcessorState state)
    {
        _native.GetInterruptController(_index, state.LocalApic);
        state.Msrs[WhpMsrs.ApicBase] = Get(WHvX64RegisterApicBase);
        if (TryGet(WHvX64RegisterTscDeadline, out ulong deadline)) state.Msrs[WhpMsrs.TscDeadline] = deadline;
    }

    private void GetEvents(ProcessorState state)
    {
        if (WhpEvents.TryReadInterruption(Get(WHvRegisterPendingInterruption), out var type, out byte vector))
        {
            if (type == WHV_X64_PENDING_INTERRUPTION_TYPE.WHvX64PendingNmi) state.NmiPending = true;
            else if (type == WHV_X64_PENDING_INTERRUPTION_TYPE.WHvX64PendingInterrupt) RequestAgain(state, vector);
            // Exceptions come again with their instruction.
        }
        if (WhpEvents.TryReadExternalInterrupt(Get(WHvRegisterPendingEvent), out vector)) RequestAgain(state, vector);
    }

    // An interrupt that was acknowledged but has not reached its handler.
    private static void RequestAgain(ProcessorState state, byte vector)
    {
        int at = Bank * (vector >> 5), bit = vector & 31;
        ref uint service = ref MemoryMarshal.AsRef<uint>(state.LocalApic.AsSpan(InService + at)), request = ref MemoryMarshal.AsRef<uint>(state.LocalApic.AsSpan(InRequest + at));
        service &= ~(1u << bit);
        request |= 1u << bit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _before.Dispose();
        _one.Dispose();
        NativeMemory.AlignedFree(_xsave);
    }
}
