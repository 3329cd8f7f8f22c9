using System.Numerics;
using VirtEngine.Time;

namespace VirtEngine.Hypervisors.Software;

/// <summary>A processor's local APIC in xAPIC mode (Intel SDM vol. 3, chapter 10), with its timer and TSC deadline.</summary>
internal sealed class LocalApic
{
    private const int Id = 0x20, Version = 0x30, TaskPriorityRegister = 0x80, ArbitrationPriority = 0x90, ProcessorPriority = 0xA0, EndOfInterrupt = 0xB0,
        LogicalDestination = 0xD0, DestinationFormat = 0xE0, SpuriousVector = 0xF0, InService = 0x100, TriggerMode = 0x180, InterruptRequest = 0x200,
        ErrorStatus = 0x280, CommandLow = 0x300, CommandHigh = 0x310, LvtTimer = 0x320, LvtThermal = 0x330, LvtPerformance = 0x340,
        LvtLint0 = 0x350, LvtLint1 = 0x360, LvtError = 0x370, InitialCount = 0x380, CurrentCount = 0x390, DivideConfiguration = 0x3E0;

    private const uint Masked = 0x1_0000, PendingDelivery = 0x1000, SoftwareEnabled = 0x100;
    private const uint VersionValue = 0x14 | 5 << 16; // integrated APIC, six LVT entries
    private const uint TimerPeriodic = 1 << 17, TimerDeadline = 2 << 17, TimerModeMask = 3 << 17;
    private const uint ErrorIllegalSent = 0x20, ErrorIllegalReceived = 0x40;

    /// <summary>Nanoseconds between two periodic interrupts at the least: a guest must not keep the clock's thread busy all the time.</summary>
    private const long ShortestPeriod = 50_000;

    private const ulong BaseEnable = 0x800, BaseBootProcessor = 0x100, DefaultBase = 0xFEE0_0000;

    private readonly uint[] _registers = new uint[0x400 / 0x10];
    private readonly Lock _gate = new();
    private readonly Cpu _cpu;
    private readonly SoftwarePartition _partition;
    private readonly MachineClock _clock;
    private readonly MachineTimer _timer;
    private readonly long _timerHz;
    private long _timerStart;

    // When the timer is to fire: what the clock's thread brings from an earlier setting comes too early and is dropped.
    private long _due = long.MaxValue;
    private bool _closed;
    private ulong _deadline;
    private uint _pendingErrors;
    private ulong _baseRegister;
    private volatile bool _externalInterrupt;

    internal LocalApic(Cpu cpu, SoftwarePartition partition, MachineClock clock, CpuProfile profile)
    {
        _cpu = cpu;
        _partition = partition;
        _clock = clock;
        _timerHz = profile.ApicTimerHz;
        _timer = clock.CreateTimer(TimerExpired);
        _baseRegister = DefaultBase | BaseEnable | (cpu.Index == 0 ? BaseBootProcessor : 0);
        Reset();
    }

    /// <summary>Base of the register page, or <see cref="ulong.MaxValue"/> while the APIC is disabled.</summary>
    internal ulong Page { get; private set; } = DefaultBase;

    internal ulong BaseRegister => _baseRegister;

    /// <summary>IA32_TSC_DEADLINE.</summary>
    internal ulong TscDeadline => Volatile.Read(ref _deadline);

    /// <summary>What INIT and power-up set.</summary>
    internal void Reset()
    {
        lock (_gate)
        {
            Array.Clear(_registers);
            At(Id) = (uint)_cpu.Index << 24;
            At(Version) = VersionValue;
            At(DestinationFormat) = uint.MaxValue;
            At(SpuriousVector) = 0xFF;
            foreach (int lvt in (ReadOnlySpan<int>)[LvtTimer, LvtThermal, LvtPerformance, LvtLint0, LvtLint1, LvtError]) At(lvt) = Masked;
            // Without a firmware that sets up virtual wire mode, the 8259 reaches the first processor as after such a firmware.
            if (_cpu.Index == 0) { At(LvtLint0) = 0x700; At(LvtLint1) = 0x400; }
            _deadline = 0;
            _pendingErrors = 0;
            Disarm();
        }
    }

    /// <summary>A load; registers are 32 bits wide every 16 bytes.</summary>
    internal ulong Read(int offset, int size)
    {
        uint value;
        lock (_gate)
        {
            int register = offset & 0xFF0;
            value = register switch
            {
                >= 0x400 => 0,
                CurrentCount => CurrentTimerCount(),
                ProcessorPriority => CurrentPriority(),
                _ => At(register),
            };
        }
        int shift = 8 * (offset & 15);
        return shift >= 32 ? 0 : (value >> shift) & (size >= 4 ? uint.MaxValue : (1u << (8 * size)) - 1);
    }

    /// <summary>A store; only whole aligned registers can be written.</summary>
    internal void Write(int offset, int size, ulong value)
    {
        if ((offset & 15) != 0 || size < 4 || offset >= 0x400) return;
        uint data = (uint)value;
        byte endOfLevel = 0;
        bool send = false;
        lock (_gate)
        {
            switch (offset)
            {
                case Id: At(Id) = data & 0xFF00_0000; break;
                case TaskPriorityRegister: At(TaskPriorityRegister) = data & 0xFF; Reevaluate(); break;
                case EndOfInterrupt: endOfLevel = EndHighest(); break;
                case LogicalDestination: At(LogicalDestination) = data & 0xFF00_0000; break;
                case DestinationFormat: At(DestinationFormat) = data | 0x0FFF_FFFF; break;
                case SpuriousVector:
                    At(SpuriousVector) = data & 0x1FF;
                    // Software-disabled, every LVT entry is masked.
                    if ((data & SoftwareEnabled) == 0)
                        foreach (int lvt in (ReadOnlySpan<int>)[LvtTimer, LvtThermal, LvtPerformance, LvtLint0, LvtLint1, LvtError]) At(lvt) |= Masked;
                    Reevaluate();
                    break;
                case ErrorStatus: At(ErrorStatus) = _pendingErrors; _pendingErrors = 0; break;
                case CommandLow: At(CommandLow) = data & ~PendingDelivery & 0xC_CFFF; send = true; break;
                case CommandHigh: At(CommandHigh) = data & 0xFF00_0000; break;
                case LvtTimer: WriteTimerMode(data & 0x7_10FF & ~PendingDelivery); break;
                case LvtThermal or LvtPerformance: At(offset) = WithEnable(data & 0x1_07FF); break;
                case LvtLint0 or LvtLint1: At(offset) = WithEnable(data & 0x1_A7FF); Reevaluate(); break;
                case LvtError: At(LvtError) = WithEnable(data & 0x1_00FF); break;
                case InitialCount: if ((At(LvtTimer) & TimerModeMask) != TimerDeadline) { At(InitialCount) = data; StartTimer(); } break;
                case DivideConfiguration: Redivide(data & 0xB); break;
            }
        }
        if (endOfLevel != 0) _partition.BroadcastEndOfInterrupt(endOfLevel);
        if (send) _partition.SendIpi(_cpu.Index, At(CommandLow), At(CommandHigh) >> 24);
    }

    /// <summary>CR8.</summary>
    internal ulong TaskPriority
    {
        get { lock (_gate) return At(TaskPriorityRegister) >> 4; }
        set { lock (_gate) { At(TaskPriorityRegister) = (uint)value << 4; Reevaluate(); } }
    }

    /// <summary>Takes in a fixed or lowest-priority interrupt.</summary>
    internal void Accept(byte vector, bool level)
    {
        lock (_gate)
        {
            if ((At(SpuriousVector) & SoftwareEnabled) == 0) return;
            if (vector < 16) { RaiseError(ErrorIllegalReceived); return; }
            SetBit(InterruptRequest, vector, true);
            SetBit(TriggerMode, vector, level);
            Reevaluate();
        }
    }

    /// <summary>The 8259's INTR wire.</summary>
    internal void SetExternalInterrupt(bool level)
    {
        _externalInterrupt = level;
        if (level) _cpu.Request(PendingWork.Interrupt);
    }

    /// <summary>Takes the interrupt to deliver now: from the 8259 where LINT0 lets it through, else the highest request above the priority.</summary>
    internal int Acknowledge()
    {
        bool fromPic;
        lock (_gate) fromPic = _externalInterrupt && (Page == ulong.MaxValue || (At(LvtLint0) & (Masked | 0x700)) == 0x700);
        if (fromPic) return _partition.AcknowledgePic();
        lock (_gate)
        {
            if (Page == ulong.MaxValue) return -1;
            int vector = Highest(InterruptRequest);
            if (vector < 0 || (vector & 0xF0) <= (CurrentPriority() & 0xF0)) return -1;
            SetBit(InterruptRequest, vector, false);
            SetBit(InService, vector, true);
            return vector;
        }
    }

    /// <summary>Whether a message to <paramref name="destination"/> is for this APIC.</summary>
    internal bool Matches(uint destination, bool logical)
    {
        if (destination == 0xFF) return true;
        lock (_gate)
        {
            if (!logical) return At(Id) >> 24 == destination;
            uint mine = At(LogicalDestination) >> 24;
            return At(DestinationFormat) >> 28 == 0xF
                ? (mine & destination) != 0
                : (mine >> 4 == destination >> 4 && (mine & destination & 0xF) != 0);
        }
    }

    /// <summary>What lowest-priority delivery compares.</summary>
    internal uint ArbitrationClass { get { lock (_gate) return CurrentPriority(); } }

    /// <summary>Writes IA32_APIC_BASE. The x2APIC mode does not exist.</summary>
    internal bool TrySetBase(ulong value)
    {
        const ulong address = 0xF_FFFF_F000;
        if ((value & ~(address | BaseEnable | BaseBootProcessor)) != 0) return false;
        lock (_gate)
        {
            bool enable = (value & BaseEnable) != 0;
            _baseRegister = (value & ~BaseBootProcessor) | (_cpu.Index == 0 ? BaseBootProcessor : 0);
            Page = enable ? value & address : ulong.MaxValue;
        }
        _cpu.FlushTlb();
        return true;
    }

    /// <summary>Writes IA32_TSC_DEADLINE.</summary>
    internal void SetTscDeadline(ulong value, ulong now, long tscHz)
    {
        lock (_gate)
        {
            if ((At(LvtTimer) & TimerModeMask) != TimerDeadline) return;
            Volatile.Write(ref _deadline, value);
            if (value == 0) { Disarm(); return; }
            long wait = value <= now ? 0 : (long)Math.Min((value - now) * (1e9 / tscHz), long.MaxValue / 4);
            Arm(_clock.Now + wait);
        }
    }

    /// <summary>
    /// Copies the registers to a page, as <see cref="ProcessorState.LocalApic"/> shows them. A timer that is due has expired, whether or not the
    /// clock's thread has come to it: with a count of zero and no interrupt requested, the interrupt would be lost.
    /// </summary>
    /// <returns>IA32_TSC_DEADLINE at the same moment.</returns>
    internal ulong Save(Span<byte> page)
    {
        lock (_gate)
        {
            Expire();
            for (int i = 0; i < _registers.Length; i++)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(page[(i * 16)..],
                    i * 16 == CurrentCount ? CurrentTimerCount() : _registers[i]);
            return _deadline;
        }
    }

    /// <summary>Takes the registers over from such a page and lets the timer go on.</summary>
    internal void Load(ReadOnlySpan<byte> page, ulong apicBase, ulong tscDeadline, ulong tsc, long tscHz)
    {
        lock (_gate)
        {
            for (int i = 0; i < _registers.Length; i++) _registers[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(page[(i * 16)..]);
            _baseRegister = apicBase;
            Page = (apicBase & BaseEnable) != 0 ? apicBase & 0xF_FFFF_F000 : ulong.MaxValue;
            Disarm();
            uint left = At(CurrentCount);
            if ((At(LvtTimer) & TimerModeMask) == TimerDeadline) SetTscDeadline(tscDeadline, tsc, tscHz);
            else if (left != 0)
            {
                _timerStart = _clock.Now - CountToNanoseconds(At(InitialCount) - left);
                Arm(_clock.Now + CountToNanoseconds(left));
            }
        }
        _cpu.Request(PendingWork.Interrupt);
    }

    private ref uint At(int offset) => ref _registers[offset >> 4];

    private void SetBit(int bank, int vector, bool value)
    {
        ref uint word = ref At(bank + (vector >> 5) * 0x10);
        word = value ? word | 1u << (vector & 31) : word & ~(1u << (vector & 31));
    }

    private bool GetBit(int bank, int vector) => (At(bank + (vector >> 5) * 0x10) >> (vector & 31) & 1) != 0;

    private int Highest(int bank)
    {
        for (int i = 7; i >= 0; i--)
            if (At(bank + i * 0x10) is var word and not 0) return i * 32 + BitOperations.Log2(word);
        return -1;
    }

    private uint CurrentPriority()
    {
        uint task = At(TaskPriorityRegister);
        int service = Highest(InService);
        return service >= 0 && (service & 0xF0) > (task & 0xF0) ? (uint)service & 0xF0 : task;
    }

    private void Reevaluate()
    {
        int vector = Highest(InterruptRequest);
        if (_externalInterrupt || (vector >= 0 && (vector & 0xF0) > (CurrentPriority() & 0xF0))) _cpu.Request(PendingWork.Interrupt);
    }

    // Returns the vector when the I/O APICs must know: of a level-triggered interrupt.
    private byte EndHighest()
    {
        int vector = Highest(InService);
        if (vector < 0) return 0;
        SetBit(InService, vector, false);
        Reevaluate();
        return GetBit(TriggerMode, vector) ? (byte)vector : (byte)0;
    }

    private uint WithEnable(uint lvt) => (At(SpuriousVector) & SoftwareEnabled) != 0 ? lvt : lvt | Masked;

    private void RaiseError(uint error)
    {
        _pendingErrors |= error;
        uint lvt = At(LvtError);
        if ((lvt & Masked) == 0 && (lvt & 0xFF) >= 16) SetBit(InterruptRequest, (int)(lvt & 0xFF), true);
        Reevaluate();
    }

    /// <summary>An IPI that could not be sent.</summary>
    internal void RaiseSendError()
    {
        lock (_gate) RaiseError(ErrorIllegalSent);
    }

    private void WriteTimerMode(uint value)
    {
        uint old = At(LvtTimer);
        At(LvtTimer) = WithEnable(value);
        if (((old ^ value) & TimerModeMask) == 0) return;
        // Between deadline mode and the counting modes the timer is disarmed.
        if (((old | value) & TimerDeadline) != 0)
        {
            Disarm();
            _deadline = 0;
            At(InitialCount) = 0;
        }
    }

    private int Divider => (At(DivideConfiguration) & 0xB) is 0xB ? 1 : 2 << (int)((At(DivideConfiguration) & 3) | (At(DivideConfiguration) >> 1 & 4));

    private long CountToNanoseconds(uint count) => (long)((double)count * Divider * 1e9 / _timerHz);

    private uint CurrentTimerCount()
    {
        uint initial = At(InitialCount);
        if (initial == 0 || (At(LvtTimer) & TimerModeMask) == TimerDeadline) return 0;
        ulong elapsed = (ulong)((_clock.Now - _timerStart) * (_timerHz / 1e9) / Divider);
        if ((At(LvtTimer) & TimerPeriodic) != 0) return initial - (uint)(elapsed % initial);
        return elapsed >= initial ? 0 : initial - (uint)elapsed;
    }

    private void Arm(long at)
    {
        _due = at;
        _timer.Set(at);
    }

    private void Disarm()
    {
        _due = long.MaxValue;
        _timer.Cancel();
    }

    /// <summary>Stops the timer for good: its processor goes away before the clock does.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Disarm();
        }
    }

    private void StartTimer()
    {
        _timerStart = _clock.Now;
        if (At(InitialCount) == 0) Disarm();
        else Arm(_timerStart + CountToNanoseconds(At(InitialCount)));
    }

    private void Redivide(uint value)
    {
        uint left = CurrentTimerCount();
        At(DivideConfiguration) = value;
        if (left == 0) return;
        _timerStart = _clock.Now - CountToNanoseconds(At(InitialCount) - left);
        Arm(_clock.Now + CountToNanoseconds(left));
    }

    private void TimerExpired()
    {
        lock (_gate)
            if (!_closed) Expire();
    }

    // Does what the timer does at its end, if that has come.
    private void Expire()
    {
        long now = _clock.Now;
        if (now < _due) return;
        _due = long.MaxValue;
        uint lvt = At(LvtTimer);
        if ((lvt & TimerModeMask) == TimerDeadline) Volatile.Write(ref _deadline, 0);
        else if ((lvt & TimerPeriodic) != 0 && At(InitialCount) != 0)
        {
            long period = Math.Max(CountToNanoseconds(At(InitialCount)), 1);
            _timerStart += Math.Max((now - _timerStart) / period, 1) * period;
            Arm(Math.Max(_timerStart + period, now + ShortestPeriod));
        }
        if ((lvt & Masked) != 0 || (lvt & 0xFF) < 16) return;
        SetBit(InterruptRequest, (int)(lvt & 0xFF), true);
        SetBit(TriggerMode, (int)(lvt & 0xFF), false);
        Reevaluate();
    }
}
