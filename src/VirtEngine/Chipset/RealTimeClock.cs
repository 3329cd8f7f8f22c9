using VirtEngine.Bus;
using VirtEngine.State;
using VirtEngine.Time;

namespace VirtEngine.Chipset;

/// <summary>
/// The MC146818 real-time clock and its CMOS memory at ports 70h and 71h (Motorola MC146818A data sheet). It shows the host's UTC plus the
/// difference that the guest has set, and interrupts on ISA line 8.
/// </summary>
internal sealed class RealTimeClock : IPortDevice, IStatefulDevice
{
    private const int Seconds = 0, SecondsAlarm = 1, Minutes = 2, MinutesAlarm = 3, Hours = 4, HoursAlarm = 5, Weekday = 6, Day = 7, Month = 8,
        Year = 9, A = 10, B = 11, C = 12, D = 13, Century = 0x32;
    private const byte UpdateInProgress = 0x80;                                                 // A
    private const byte Set = 0x80, Periodic = 0x40, Alarm = 0x20, Update = 0x10, Binary = 4, Hours24 = 2;   // B, and the flags in C
    private const byte InterruptFlag = 0x80;                                                    // C
    private const long Second = 1_000_000_000, UpdateTime = 244_000, ShortestInterval = 100_000;
    private const int SecondsPerDay = 86_400;

    private readonly Lock gate = new();
    private readonly MachineClock clock;
    private readonly TimeProvider host;
    private readonly IInterruptLine line;
    private readonly MachineTimer secondTimer, periodicTimer;
    private readonly byte[] memory = new byte[128];
    private byte index;
    private TimeSpan difference;    // guest's time minus the host's
    private long lastSecond;        // second of the guest's time up to which flags are set
    private long lastPeriodic;      // the machine's time up to which the periodic flag is set

    /// <param name="clock">Times the interrupts.</param>
    /// <param name="host">Gives the time of day.</param>
    /// <param name="line">ISA line 8.</param>
    /// <param name="ram">Bytes of RAM, for the sizes that firmware leaves in CMOS.</param>
    internal RealTimeClock(MachineClock clock, TimeProvider host, IInterruptLine line, ulong ram)
    {
        this.clock = clock;
        this.host = host;
        this.line = line;
        secondTimer = clock.CreateTimer(OnSecond);
        periodicTimer = clock.CreateTimer(OnPeriod);
        memory[A] = 0x26;           // 32768 Hz, 1024 Hz periodic rate
        memory[B] = Hours24;
        memory[D] = 0x80;           // the battery is good
        FillMemorySizes(ram);
        lastSecond = CurrentSecond();
    }

    public string StateName => "rtc";

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(0x70, 2, this);

    public uint ReadPort(ushort port, int size)
    {
        lock (gate)
        {
            if (port == 0x70) return 0xFF;      // the index is write-only
            return index switch
            {
                Seconds or Minutes or Hours or Weekday or Day or Month or Year or Century => (memory[B] & Set) != 0 ? memory[index] : TimeField(index),
                A => (byte)(memory[A] | (IsUpdating() ? UpdateInProgress : 0)),
                C => ReadFlags(),
                _ => memory[index],
            };
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (gate)
        {
            if (port == 0x70) index = (byte)(value & 0x7F);     // bit 7 masks NMI: there is no NMI source
            else Write((byte)value);
        }
    }

    private void Write(byte value)
    {
        switch (index)
        {
            case Seconds or Minutes or Hours or Weekday or Day or Month or Year or Century:
                if ((memory[B] & Set) == 0) LatchTime();
                memory[index] = value;
                if ((memory[B] & Set) == 0) SetTime();
                break;
            case A:
                memory[A] = (byte)(value & 0x7F);
                ArmPeriodic(clock.Now);
                break;
            case B: WriteB(value); break;
            case C or D: break;
            default: memory[index] = value; break;
        }
    }

    private void WriteB(byte value)
    {
        bool wasSet = (memory[B] & Set) != 0, isSet = (value & Set) != 0;
        if (isSet && !wasSet) LatchTime();
        if (isSet) value &= unchecked((byte)~Update);
        CatchUp();
        memory[B] = value;
        if (wasSet && !isSet) SetTime();
        UpdateLine();
        ArmSecond();
        ArmPeriodic(clock.Now);
    }

    private DateTime Now()
    {
        long ticks = host.GetUtcNow().UtcTicks + difference.Ticks;
        return new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }

    private long CurrentSecond() => Now().Ticks / TimeSpan.TicksPerSecond;

    private bool IsUpdating()
    {
        if ((memory[B] & Set) != 0) return false;
        return Now().Ticks % TimeSpan.TicksPerSecond * 100 >= Second - UpdateTime;
    }

    private byte TimeField(int field)
    {
        var now = Now();
        return field switch
        {
            Seconds => Encode(now.Second),
            Minutes => Encode(now.Minute),
            Hours => EncodeHour(now.Hour),
            Weekday => Encode((int)now.DayOfWeek + 1),
            Day => Encode(now.Day),
            Month => Encode(now.Month),
            Year => Encode(now.Year % 100),
            _ => Encode(now.Year / 100),
        };
    }

    private void LatchTime()
    {
        foreach (int field in (ReadOnlySpan<int>)[Seconds, Minutes, Hours, Weekday, Day, Month, Year, Century]) memory[field] = TimeField(field);
    }

    /// <summary>Takes the time from the registers; fields out of range are brought into it.</summary>
    private void SetTime()
    {
        int year = Math.Clamp(Decode(memory[Century]) * 100 + Math.Min(Decode(memory[Year]), 99), 1, 9998);
        int month = Math.Clamp(Decode(memory[Month]), 1, 12);
        int day = Math.Clamp(Decode(memory[Day]), 1, DateTime.DaysInMonth(year, month));
        var time = new DateTime(year, month, day, Math.Min(DecodeHour(memory[Hours]), 23), Math.Min(Decode(memory[Minutes]), 59),
            Math.Min(Decode(memory[Seconds]), 59), DateTimeKind.Utc);
        difference = time - host.GetUtcNow().UtcDateTime;
        lastSecond = CurrentSecond();
        ArmSecond();
    }

    private byte Encode(int value) => (byte)((memory[B] & Binary) != 0 ? value : value / 10 << 4 | value % 10);

    private int Decode(byte value) => (memory[B] & Binary) != 0 ? value : (value >> 4) * 10 + (value & 15);

    private byte EncodeHour(int hour)
    {
        if ((memory[B] & Hours24) != 0) return Encode(hour);
        return (byte)(Encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0));
    }

    private int DecodeHour(byte value)
    {
        if ((memory[B] & Hours24) != 0) return Decode(value);
        return Decode((byte)(value & 0x7F)) % 12 + ((value & 0x80) != 0 ? 12 : 0);
    }

    private byte ReadFlags()
    {
        CatchUp();
        long now = clock.Now, period = Period();
        if (period != 0 && now / period != lastPeriodic / period) memory[C] |= Periodic;
        lastPeriodic = now;
        byte flags = memory[C];
        memory[C] = 0;
        line.Set(false);
        return flags;
    }

    /// <summary>Sets the update and alarm flags for the seconds that have begun since the last call.</summary>
    private void CatchUp()
    {
        if ((memory[B] & Set) != 0) return;
        long now = CurrentSecond();
        if (now == lastSecond) return;
        memory[C] |= Update;
        // More than a day, or a host's clock set back, meets every time of the day.
        long passed = now - lastSecond;
        if (passed is < 0 or > SecondsPerDay) passed = SecondsPerDay;
        for (long second = now - passed + 1; second <= now; second++)
        {
            if (!AlarmMatches((int)(second % SecondsPerDay))) continue;
            memory[C] |= Alarm;
            break;
        }
        lastSecond = now;
    }

    private bool AlarmMatches(int second)
    {
        static bool Matches(byte alarm, byte value) => alarm >= 0xC0 || alarm == value;
        return Matches(memory[SecondsAlarm], Encode(second % 60)) && Matches(memory[MinutesAlarm], Encode(second / 60 % 60)) &&
            Matches(memory[HoursAlarm], EncodeHour(second / 3600));
    }

    private void UpdateLine()
    {
        bool raise = (memory[C] & memory[B] & (Periodic | Alarm | Update)) != 0;
        memory[C] = (byte)(memory[C] & ~InterruptFlag | (raise ? InterruptFlag : 0));
        line.Set(raise);
    }

    private void ArmSecond()
    {
        if ((memory[B] & (Alarm | Update)) == 0 || (memory[B] & Set) != 0) { secondTimer.Cancel(); return; }
        long rest = Second - Now().Ticks % TimeSpan.TicksPerSecond * 100;
        secondTimer.Set(clock.Now + rest);
    }

    private void OnSecond()
    {
        lock (gate)
        {
            CatchUp();
            UpdateLine();
            ArmSecond();
        }
    }

    private long Period()
    {
        int rate = memory[A] & 15;
        if (rate == 0) return 0;
        int shift = rate <= 2 ? rate + 6 : rate - 1;
        return Second * (1L << shift) / 32_768;
    }

    private void ArmPeriodic(long now)
    {
        long period = (memory[B] & Periodic) != 0 ? Period() : 0;
        if (period == 0) periodicTimer.Cancel();
        else periodicTimer.Set(Math.Max((now / period + 1) * period, now + ShortestInterval));
    }

    private void OnPeriod()
    {
        lock (gate)
        {
            if (Period() == 0 || (memory[B] & Periodic) == 0) return;
            memory[C] |= Periodic;
            lastPeriodic = clock.Now;
            UpdateLine();
            ArmPeriodic(clock.Now);
        }
    }

    private void FillMemorySizes(ulong ram)
    {
        static ushort Clamp(ulong value, ushort limit) => (ushort)Math.Min(value, limit);
        ulong below4G = Math.Min(ram, VirtEngine.Memory.GuestMemory.HoleStart), high = ram - below4G;
        ushort extended = below4G > 1 << 20 ? Clamp((below4G - (1 << 20)) >> 10, 0xFC00) : (ushort)0;
        ushort above16M = below4G > 16 << 20 ? Clamp((below4G - (16 << 20)) >> 16, 0xFFFF) : (ushort)0;
        Store(0x15, 640);               // KiB of base memory
        Store(0x17, extended);          // KiB above 1 MiB, up to 63 MiB
        Store(0x30, extended);
        Store(0x34, above16M);          // 64 KiB above 16 MiB
        Store(0x5B, (ushort)(high >> 16));      // 64 KiB above 4 GiB
        memory[0x5D] = (byte)(high >> 32);

        void Store(int at, ushort value) { memory[at] = (byte)value; memory[at + 1] = (byte)(value >> 8); }
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (gate)
        {
            writer.Write(memory);
            writer.Write(index);
            writer.Write(difference.Ticks);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (gate)
        {
            byte[] saved = reader.ReadBytes(memory.Length);
            if (saved.Length != memory.Length) throw new InvalidDataException($"rtc: {saved.Length} of {memory.Length} bytes of CMOS.");
            saved.CopyTo(memory, 0);
            index = (byte)(reader.ReadByte() & 0x7F);
            long ticks = reader.ReadInt64();
            if (Math.Abs((decimal)ticks) > DateTime.MaxValue.Ticks) throw new InvalidDataException($"rtc: a time difference of {ticks} ticks.");
            difference = new TimeSpan(ticks);
            lastSecond = CurrentSecond();
            lastPeriodic = clock.Now;
            UpdateLine();
            ArmSecond();
            ArmPeriodic(clock.Now);
        }
    }
}
