using System.Numerics;
using System.Runtime.InteropServices;
using VirtEngine.Bus;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>A virtual processor of KVM's: the loop around KVM_RUN and what its exits ask for.</summary>
internal sealed unsafe class KvmProcessor : IVirtualProcessor
{
    private readonly KvmPartition _partition;
    private readonly IGuestBus _bus;
    private readonly KvmHandle _handle;
    private readonly KvmProcessorState _state;
    private readonly KvmRun* _run;
    private readonly nuint _runSize;
    private readonly PartitionOptions _options;
    private readonly IReadOnlyDictionary<uint, ulong> _constantMsrs;
    private readonly Lock _pageGate = new(); // held by other threads that touch the page, as it goes with the processor
    private bool _isGone;
    private int _thread;                    // the one in Run, or 0
    private int _kicked;
    private long _passages;                 // into KVM_RUN and out of it: odd while a thread is inside
    private volatile bool _externalInterrupt;
    private ulong _stoppedDeadline;
    private long _portAccesses, _mmioAccesses;
    private KvmCompletion? _completion;     // made at the first instruction that KVM cannot emulate
    private readonly KvmStatistics? _statistics;
    private ProcessorCounters _lastCounters;

    internal KvmProcessor(int index, KvmPartition partition, PartitionOptions options)
    {
        Index = index;
        _partition = partition;
        _options = options;
        _bus = options.Bus;
        _constantMsrs = partition.Profile.ConstantMsrs;
        _runSize = (nuint)partition.System.Handle.Call(KvmRequest.KVM_GET_VCPU_MMAP_SIZE);
        _handle = new KvmHandle(partition.Machine.Call(KvmRequest.KVM_CREATE_VCPU, index));
        _state = new KvmProcessorState(_handle, partition.Profile);
        nint page = Libc.Mmap(0, _runSize, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, _handle.Descriptor, 0);
        if (page == Libc.MapFailed)
        {
            _handle.Dispose();
            throw new KvmException($"The page that KVM shares cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        _run = (KvmRun*)page;
        try
        {
            _statistics = KvmStatistics.TryOpen(partition.System.Handle, _handle);
            SetUp(options.ProcessorCount);
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
    public ProcessorCounters Counters
    {
        get
        {
            lock (_pageGate)
            {
                if (_isGone) return _lastCounters;
                return _lastCounters = new(
                    0, Volatile.Read(ref _portAccesses) + (_completion?.PortAccesses ?? 0), Volatile.Read(ref _mmioAccesses) + (_completion?.MmioAccesses ?? 0),
                    _statistics?.Interrupts ?? 0, _statistics?.Halts ?? 0);
            }
        }
    }

    /// <inheritdoc/>
    public Exit Run()
    {
        Volatile.Write(ref _thread, Libc.Gettid());
        try
        {
            while (true)
            {
                OfferExternalInterrupt();
                Volatile.Write(ref _passages, _passages + 1);
                int result = _handle.TryCall(KvmRequest.KVM_RUN);
                Volatile.Write(ref _passages, _passages + 1);
                if (result < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error is not (Libc.EINTR or Libc.EAGAIN))
                        return Failed($"KVM_RUN failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error})");
                    // Whoever kicks says so before it asks for the exit: it is seen here or makes the next KVM_RUN end.
                    Volatile.Write(ref _run->ImmediateExit, 0);
                    if (Interlocked.Exchange(ref _kicked, 0) != 0) return new(ExitReason.Canceled, _state.InstructionPointer);
                    continue;
                }
                if (Answer() is { } exit) return exit;
            }
        }
        finally
        {
            Volatile.Write(ref _thread, 0);
        }
    }

    /// <inheritdoc/>
    public void Kick()
    {
        Volatile.Write(ref _kicked, 1);
        Interrupt();
    }

    /// <inheritdoc/>
    public ProcessorState GetState() => _state.Get();

    /// <inheritdoc/>
    public void SetState(ProcessorState state) => _state.Set(state, _partition.TscOffset, _partition.Tsc);

    /// <summary>Maps its ring of written pages.</summary>
    internal KvmDirtyRing MapDirtyRing(int entries) => new(_handle, entries);

    /// <summary>Takes the processor out of the guest if it is there, and waits until it has been outside; it goes on by itself.</summary>
    internal void Leave()
    {
        // What the guest has written before somebody calls this it wrote behind the first of the two counts.
        long passages = Volatile.Read(ref _passages);
        if ((passages & 1) == 0) return;
        Interrupt();
        var wait = new SpinWait();
        while (Volatile.Read(ref _passages) == passages) wait.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Writes the local APIC's registers as they are, upon which KVM looks at all of them.</summary>
    internal void RewriteLocalApic()
    {
        byte* page = stackalloc byte[KvmProcessorState.LocalApicSize];
        _handle.Call(KvmRequest.KVM_GET_LAPIC, (nint)page);
        _handle.Call(KvmRequest.KVM_SET_LAPIC, (nint)page);
    }

    /// <summary>The host's time-stamp counter at the guest's rate.</summary>
    internal ulong HostTsc => _state.HostTsc;

    /// <summary>Drives the wire of the 8259s.</summary>
    internal void SetExternalInterrupt(bool level)
    {
        _externalInterrupt = level;
        if (level) Interrupt();
    }

    /// <summary>Takes the deadline of the local APIC's timer away: the kernel's clock goes on while the machine's stands.</summary>
    internal void StopTime()
    {
        _stoppedDeadline = _state.ReadMsr(KvmProcessorState.TscDeadline);
        if (_stoppedDeadline != 0) _state.WriteMsr(KvmProcessorState.TscDeadline, 0);
    }

    /// <summary>Sets the time-stamp counter to the machine's time, and the deadline again.</summary>
    internal void StartTime()
    {
        _state.SetTsc(_partition.TscOffset, _partition.Tsc);
        if (_stoppedDeadline != 0) _state.WriteMsr(KvmProcessorState.TscDeadline, _stoppedDeadline);
        _stoppedDeadline = 0;
    }

    private void SetUp(int count)
    {
        if (_partition.System.ScalesTsc) _handle.Call(KvmRequest.KVM_SET_TSC_KHZ, (nint)(_partition.Profile.TscHz / 1000));
        var leaves = ProcessorCpuid.Of(_partition.Profile, Index, count).ToArray();
        using var list = new KvmList<KvmCpuidEntry>(leaves.Length);
        var withSubleaves = leaves.Where(leaf => leaf.Subleaf != 0).Select(leaf => leaf.Leaf).ToHashSet();
        for (int i = 0; i < leaves.Length; i++)
        {
            var leaf = leaves[i];
            bool hasSubleaves = withSubleaves.Contains(leaf.Leaf) || leaf.Leaf is 4 or 7 or ProcessorCpuid.ExtendedTopology or 0xD;
            list.Entries[i] = new()
            {
                Function = leaf.Leaf, Index = leaf.Subleaf, Flags = hasSubleaves ? KvmCpuidEntry.SignificantIndex : 0,
                Eax = leaf.Eax, Ebx = leaf.Ebx, Ecx = leaf.Ecx, Edx = leaf.Edx,
            };
        }
        _handle.Call(KvmRequest.KVM_SET_CPUID2, list.Pointer);
        if (_partition.System.Handle.Check(KvmCapability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID) > 0)
        {
            // KVM's clock and the like are there for whom CPUID shows them, and nobody else.
            _handle.Enable(KvmCapability.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1);
        }
        // Registers that this KVM does not know come back as exits. Writes that it only pretends to take it tells the host's log of.
        foreach (var (register, value) in _constantMsrs)
            if (!_state.TryReadMsr(register, out ulong present) || present != value) _state.TryWriteMsr(register, value);
    }

    private void Interrupt()
    {
        lock (_pageGate)
        {
            if (_isGone) return;
            Volatile.Write(ref _run->ImmediateExit, 1);
            Interlocked.MemoryBarrier();
            int thread = Volatile.Read(ref _thread);
            if (thread != 0) KickSignal.Send(thread);
        }
    }

    // The 8259s' interrupt is taken (INTA) only when the processor can take it at once; else KVM says when.
    private void OfferExternalInterrupt()
    {
        if (!_externalInterrupt)
        {
            _run->RequestInterruptWindow = 0;
            return;
        }
        if (_run->ReadyForInterruptInjection == 0)
        {
            _run->RequestInterruptWindow = 1;
            return;
        }
        uint vector = _partition.AcknowledgePic();
        _handle.Call(KvmRequest.KVM_INTERRUPT, ref vector);
        // Until the next exit tells again.
        _run->ReadyForInterruptInjection = 0;
        _run->RequestInterruptWindow = (byte)(_externalInterrupt ? 1 : 0);
    }

    /// <returns>Null to go on.</returns>
    private Exit? Answer()
    {
        if (_run->ExitReason == KvmExitReason.InternalError) return AnswerInternalError(in _run->InternalError);
        _completion?.NoteOtherExit();
        switch (_run->ExitReason)
        {
            case KvmExitReason.Io:
                AnswerPort(in _run->Io);
                return null;
            case KvmExitReason.Mmio:
                AnswerMmio(ref _run->Mmio);
                return null;
            case KvmExitReason.InterruptWindowOpen:
            case KvmExitReason.Halt:
            case KvmExitReason.Interrupted:
            case KvmExitReason.SetTaskPriority:
                return null;
            case KvmExitReason.IoApicEndOfInterrupt:
                _partition.AnnounceEndOfInterrupt(_run->EndOfInterruptVector);
                return null;
            case KvmExitReason.ReadMsr:
                _run->Msr.Error = (byte)(_constantMsrs.TryGetValue(_run->Msr.Index, out _run->Msr.Data) ? 0 : 1);
                return null;
            case KvmExitReason.WriteMsr:
                _run->Msr.Error = 1;
                return null;
            case KvmExitReason.DirtyRingFull:
                return MakeRoomForDirtyPages();
            case KvmExitReason.Shutdown:
                return new(ExitReason.Shutdown, _state.InstructionPointer);
            case KvmExitReason.FailEntry:
                return Failed($"the processor refused to enter the guest (hardware reason 0x{_run->HardwareReason:x})");
            default:
                return Failed($"KVM left the guest for {_run->ExitReason}, which was not asked for");
        }
    }

    private void AnswerPort(in KvmRunIo io)
    {
        byte* data = (byte*)_run + io.DataOffset;
        _portAccesses += io.Count;
        for (uint i = 0; i < io.Count; i++, data += io.Size)
        {
            if (io.Direction != 0)
            {
                uint value = io.Size switch { 1 => *data, 2 => *(ushort*)data, _ => *(uint*)data };
                _bus.WritePort(io.Port, io.Size, value);
                continue;
            }
            uint answer = _bus.ReadPort(io.Port, io.Size);
            if (io.Size == 1) *data = (byte)answer;
            else if (io.Size == 2) *(ushort*)data = (ushort)answer;
            else *(uint*)data = answer;
        }
    }

    // What crosses a page comes in two parts, of any length: the bus takes powers of two.
    private void AnswerMmio(ref KvmRunMmio mmio)
    {
        _mmioAccesses++;
        int length = (int)Math.Min(mmio.Length, 8);
        for (int at = 0; at < length;)
        {
            int size = 1 << BitOperations.Log2((uint)(length - at));
            ulong mask = ulong.MaxValue >> (64 - 8 * size);
            if (mmio.IsWrite != 0) _bus.WriteMmio(mmio.PhysicalAddress + (ulong)at, size, mmio.Data >> (8 * at) & mask);
            else
            {
                ulong value = _bus.ReadMmio(mmio.PhysicalAddress + (ulong)at, size) & mask;
                mmio.Data = mmio.Data & ~(mask << (8 * at)) | value << (8 * at);
            }
            at += size;
        }
    }

    private Exit Failed(string detail) => new(ExitReason.Failed, _state.InstructionPointer, detail);

    private Exit? MakeRoomForDirtyPages()
    {
        try
        {
            return _partition.TryMakeRoomForDirtyPages() ? null : Failed("KVM left the guest for a full ring of written pages, which it was not given");
        }
        catch (KvmException e)
        {
            return Failed(e.Message);
        }
    }

    private Exit? AnswerInternalError(in KvmRunInternalError error)
    {
        if (error.Suberror != KvmRunInternalError.Emulation) return Failed($"KVM's internal error {error.Suberror}");
        if (!_partition.CompletesInstructions) return Failed(Describe(in error));
        _completion ??= new KvmCompletion(_handle, Index, _options);
        return _completion.TryComplete() is { } reason ? Failed($"{Describe(in error)}; nor can VirtTools' own emulator complete it: {reason}") : null;
    }

    private static string Describe(in KvmRunInternalError error)
    {
        if (error.DataCount == 0 || (error.Flags & KvmRunInternalError.HasInstructionBytes) == 0) return "KVM cannot emulate an instruction";
        fixed (byte* bytes = error.InstructionBytes)
            return $"KVM cannot emulate the instruction that begins {Convert.ToHexString(new ReadOnlySpan<byte>(bytes, Math.Min(error.InstructionSize, (byte)15)))}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_pageGate)
        {
            if (_isGone) return;
            _isGone = true;
            _statistics?.Dispose();
            _ = Libc.Munmap((nint)_run, _runSize);
        }
        _completion?.Dispose();
        _handle.Dispose();
    }
}
