using System.Runtime.InteropServices;
using VirtEngine.Bus;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// One software x86-64 processor. The state that instructions touch is in <see cref="State"/>; this class holds what they reach more
/// rarely, and its parts: memory and paging, segments, exceptions and interrupts, control registers and MSRs, the run loop.
/// </summary>
internal sealed unsafe partial class Cpu : IDisposable
{
    private const int StateAlignment = 64;

    internal Cpu(int index, GuestMemory memory, IGuestBus bus, ISystemServices services, CpuProfile profile)
    {
        Index = index;
        Memory = memory;
        Bus = bus;
        Services = services;
        Profile = profile;
        State = (CpuState*)NativeMemory.AlignedAlloc((nuint)sizeof(CpuState), StateAlignment);
        NativeMemory.Clear(State, (nuint)sizeof(CpuState));
        _tlbs = (TlbEntry*)NativeMemory.AlignedAlloc((nuint)(2 * TlbSize * sizeof(TlbEntry)), StateAlignment);
        Blocks = new BlockCache(memory);
        _cpuid = new CpuidTable(ProcessorCpuid.Of(profile, index, services.ProcessorCount));
        FlushTlb();
        SetState(ProcessorState.Reset());
    }

    /// <summary>Its number and initial APIC ID.</summary>
    internal int Index { get; }

    internal GuestMemory Memory { get; }

    internal IGuestBus Bus { get; }

    /// <summary>What lies around the processor: its local APIC and the clock.</summary>
    internal ISystemServices Services { get; }

    internal CpuProfile Profile { get; }

    internal BlockCache Blocks { get; }

    /// <summary>The state that instructions work on.</summary>
    internal CpuState* State { get; private set; }

    /// <summary>What the processor does between instructions.</summary>
    internal ProcessorActivity Activity { get; set; }

    /// <summary>Why it cannot go on, when <see cref="PendingWork.Failed"/> is pending.</summary>
    internal string? Failure { get; private set; }

    internal long PortAccesses, MmioAccesses, Interrupts, Halts;

    internal void Withdraw(PendingWork work) => Interlocked.And(ref State->Pending, ~(int)work);

    /// <summary>Stops the machine because of something that no real processor would meet.</summary>
    internal void Fail(string reason)
    {
        Failure = reason;
        Request(PendingWork.Failed);
    }

    /// <summary>The instruction pointer of <paramref name="op"/>.</summary>
    internal ulong RipOf(Op* op) => (State->BlockRip + op->Offset) & State->RipMask;

    /// <summary>The instruction pointer behind <paramref name="op"/>.</summary>
    internal ulong NextRip(Op* op) => (State->BlockRip + op->NextOffset) & State->RipMask;

    /// <summary>Ends the block after <paramref name="op"/>: what follows must be looked up anew. Handlers return it.</summary>
    internal bool LeaveAfter(Op* op)
    {
        State->Rip = NextRip(op);
        return false;
    }

    /// <summary>RFLAGS.</summary>
    internal ulong GetFlags() => LazyFlags.Get(State) | State->OtherFlags | 2;

    /// <summary>Replaces all of RFLAGS; callers mask what their privilege may not change.</summary>
    internal void SetFlags(ulong flags)
    {
        LazyFlags.Set(State, flags);
        const ulong known = ControlBits.FlagTf | ControlBits.FlagIf | ControlBits.FlagDf | ControlBits.FlagIopl | ControlBits.FlagNt
            | ControlBits.FlagRf | ControlBits.FlagAc | ControlBits.FlagId;
        ulong before = State->OtherFlags;
        State->OtherFlags = flags & known;
        if ((flags & ~before & ControlBits.FlagIf) != 0) Request(PendingWork.Interrupt);
        if ((flags & ControlBits.FlagTf) != 0) Request(PendingWork.SingleStep);
    }

    public void Dispose()
    {
        if (State == null) return;
        NativeMemory.AlignedFree(State);
        NativeMemory.AlignedFree(_tlbs);
        NativeMemory.AlignedFree(_scratch);
        State = null;
        Blocks.Dispose();
    }
}
