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

    private readonly uint[] registers = new uint[0x400 / 0x10];
    private readonly Lock gate = new();
    private readonly Cpu cpu;
    private readonly SoftwarePartition partition;
    private readonly MachineClock clock;
    private readonly MachineTimer timer;
    private readonly long timerHz;
    private long timerStart;

    // When the timer is to fire: what the clock's thread brings from an earlier setting comes too early and is dropped.
    private long due = long.MaxValue;
    private bool closed;
    private ulong deadline;
    private uint pendingErrors;
    private ulong baseRegister;
    private volatile bool externalInterrupt;

    internal LocalApic(Cpu cpu, SoftwarePartition partition, MachineClock clock, CpuProfile profile)
    {
        this.cpu = cpu;
        this.partition = partition;
        this.clock = clock;
        timerHz = profile.ApicTimerHz;
        timer = clock.CreateTimer(TimerExpired);
        baseRegister = DefaultBase | BaseEnable | (cpu.Index == 0 ? BaseBootProcessor : 0);
        Reset();
    }

    /// <summary>Base of the register page, or <see cref="ulong.MaxValue"/> while the APIC is disabled.</summary>
    internal ulong Page { get; private set; } = DefaultBase;

    internal ulong BaseRegister => baseRegister;

    /// <summary>IA32_TSC_DEADLINE.</summary>
    internal ulong TscDeadline => Volatile.Read(ref deadline);

    /// <summary>What INIT and power-up set.</summary>
    internal void Reset()
    {
        lock (gate)
        {
            Array.Clear(registers);
            At(Id) = (uint)cpu.Index << 24;
            At(Version) = VersionValue;
            At(DestinationFormat) = uint.MaxValue;
            At(SpuriousVector) = 0xFF;
            foreach (int lvt in (ReadOnlySpan<int>)[LvtTimer, LvtThermal, LvtPerformance, LvtLint0, LvtLint1, LvtError]) At(lvt) = Masked;
            // Without a firmware that sets up virtual wire mode, the 8259 reaches the first processor as after such a firmware.
            if (cpu.Index == 0) { At(LvtLint0) = 0x700; At(LvtLint1) = 0x400; }
            deadline = 0;
            pendingErrors = 0;
            Disarm();
        }
    }

    /// <summary>A load; registers are 32 bits wide every 16 bytes.</summary>
    internal ulong Read(int offset, int size)
    {
        uint value;
        lock (gate)
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
        lock (gate)
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
                case ErrorStatus: At(ErrorStatus) = pendingErrors; pendingErrors = 0; break;
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
        if (endOfLevel != 0) partition.BroadcastEndOfInterrupt(endOfLevel);
        if (send) partition.SendIpi(cpu.Index, At(CommandLow), At(CommandHigh) >> 24);
    }

    /// <summary>CR8.</summary>
    internal ulong TaskPriority
    {
        get { lock (gate) return At(TaskPriorityRegister) >> 4; }
        set { lock (gate) { At(TaskPriorityRegister) = (uint)value << 4; Reevaluate(); } }
    }

    /// <summary>Takes in a fixed or lowest-priority interrupt.</summary>
    internal void Accept(byte vector, bool level)
    {
        lock (gate)
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
        externalInterrupt = level;
        if (level) cpu.Request(PendingWork.Interrupt);
    }

    /// <summary>Takes the interrupt to deliver now: from the 8259 where LINT0 lets it through, else the highest request above the priority.</summary>
    internal int Acknowledge()
    {
        bool fromPic;
        lock (gate) fromPic = externalInterrupt && (Page == ulong.MaxValue || (At(LvtLint0) & (Masked | 0x700)) == 0x700);
        if (fromPic) return partition.AcknowledgePic();
        lock (gate)
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
        lock (gate)
        {
            if (!logical) return At(Id) >> 24 == destination;
            uint mine = At(LogicalDestination) >> 24;
            return At(DestinationFormat) >> 28 == 0xF
                ? (mine & destination) != 0
                : (mine >> 4 == destination >> 4 && (mine & destination & 0xF) != 0);
        }
    }

    /// <summary>What lowest-priority delivery compares.</summary>
    internal uint ArbitrationClass { get { lock (gate) return CurrentPriority(); } }

    /// <summary>Writes IA32_APIC_BASE. The x2APIC mode does not exist.</summary>
    internal bool TrySetBase(ulong value)
    {
        const ulong address = 0xF_FFFF_F000;
        if ((value & ~(address | BaseEnable | BaseBootProcessor)) != 0) return false;
        lock (gate)
        {
            bool enable = (value & BaseEnable) != 0;
            baseRegister = (value & ~BaseBootProcessor) | (cpu.Index == 0 ? BaseBootProcessor : 0);
            Page = enable ? value & address : ulong.MaxValue;
        }
        cpu.FlushTlb();
        return true;
    }

    /// <summary>Writes IA32_TSC_DEADLINE.</summary>
    internal void SetTscDeadline(ulong value, ulong now, long tscHz)
    {
        lock (gate)
        {
            if ((At(LvtTimer) & TimerModeMask) != TimerDeadline) return;
            Volatile.Write(ref deadline, value);
            if (value == 0) { Disarm(); return; }
            long wait = value <= now ? 0 : (long)Math.Min((value - now) * (1e9 / tscHz), long.MaxValue / 4);
            Arm(clock.Now + wait);
        }
    }

    /// <summary>Copies the registers to and from a page, as <see cref="ProcessorState.LocalApic"/> shows them.</summary>
    internal void Save(Span<byte> page)
    {
        lock (gate)
            for (int i = 0; i < registers.Length; i++)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(page[(i * 16)..],
                    i * 16 == CurrentCount ? CurrentTimerCount() : registers[i]);
    }

    /// <summary>Takes the registers over and lets the timer go on.</summary>
    internal void Load(ReadOnlySpan<byte> page, ulong apicBase, ulong tscDeadline, ulong tsc, long tscHz)
    {
        lock (gate)
        {
            for (int i = 0; i < registers.Length; i++) registers[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(page[(i * 16)..]);
            baseRegister = apicBase;
            Page = (apicBase & BaseEnable) != 0 ? apicBase & 0xF_FFFF_F000 : ulong.MaxValue;
            Disarm();
            uint left = At(CurrentCount);
            if ((At(LvtTimer) & TimerModeMask) == TimerDeadline) SetTscDeadline(tscDeadline, tsc, tscHz);
            else if (left != 0)
            {
                timerStart = clock.Now - CountToNanoseconds(At(InitialCount) - left);
                Arm(clock.Now + CountToNanoseconds(left));
            }
        }
        cpu.Request(PendingWork.Interrupt);
    }

    private ref uint At(int offset) => ref registers[offset >> 4];

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
        if (externalInterrupt || (vector >= 0 && (vector & 0xF0) > (CurrentPriority() & 0xF0))) cpu.Request(PendingWork.Interrupt);
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
        pendingErrors |= error;
        uint lvt = At(LvtError);
        if ((lvt & Masked) == 0 && (lvt & 0xFF) >= 16) SetBit(InterruptRequest, (int)(lvt & 0xFF), true);
        Reevaluate();
    }

    /// <summary>An IPI that could not be sent.</summary>
    internal void RaiseSendError()
    {
        lock (gate) RaiseError(ErrorIllegalSent);
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
            deadline = 0;
            At(InitialCount) = 0;
        }
    }

    private int Divider => (At(DivideConfiguration) & 0xB) is 0xB ? 1 : 2 << (int)((At(DivideConfiguration) & 3) | (At(DivideConfiguration) >> 1 & 4));

    private long CountToNanoseconds(uint count) => (long)((double)count * Divider * 1e9 / timerHz);

    private uint CurrentTimerCount()
    {
        uint initial = At(InitialCount);
        if (initial == 0 || (At(LvtTimer) & TimerModeMask) == TimerDeadline) return 0;
        ulong elapsed = (ulong)((clock.Now - timerStart) * (timerHz / 1e9) / Divider);
        if ((At(LvtTimer) & TimerPeriodic) != 0) return initial - (uint)(elapsed % initial);
        return elapsed >= initial ? 0 : initial - (uint)elapsed;
    }

    private void Arm(long at)
    {
        due = at;
        timer.Set(at);
    }

    private void Disarm()
    {
        due = long.MaxValue;
        timer.Cancel();
    }

    /// <summary>Stops the timer for good: its processor goes away before the clock does.</summary>
    internal void Close()
    {
        lock (gate)
        {
            closed = true;
            Disarm();
        }
    }

    private void StartTimer()
    {
        timerStart = clock.Now;
        if (At(InitialCount) == 0) Disarm();
        else Arm(timerStart + CountToNanoseconds(At(InitialCount)));
    }

    private void Redivide(uint value)
    {
        uint left = CurrentTimerCount();
        At(DivideConfiguration) = value;
        if (left == 0) return;
        timerStart = clock.Now - CountToNanoseconds(At(InitialCount) - left);
        Arm(clock.Now + CountToNanoseconds(left));
    }

    private void TimerExpired()
    {
        lock (gate)
        {
            long now = clock.Now;
            if (closed || now < due) return;
            due = long.MaxValue;
            uint lvt = At(LvtTimer);
            if ((lvt & TimerModeMask) == TimerDeadline) Volatile.Write(ref deadline, 0);
            else if ((lvt & TimerPeriodic) != 0 && At(InitialCount) != 0)
            {
                long period = Math.Max(CountToNanoseconds(At(InitialCount)), 1);
                timerStart += Math.Max((now - timerStart) / period, 1) * period;
                Arm(Math.Max(timerStart + period, now + ShortestPeriod));
            }
            if ((lvt & Masked) != 0 || (lvt & 0xFF) < 16) return;
            SetBit(InterruptRequest, (int)(lvt & 0xFF), true);
            SetBit(TriggerMode, (int)(lvt & 0xFF), false);
            Reevaluate();
        }
    }
}
