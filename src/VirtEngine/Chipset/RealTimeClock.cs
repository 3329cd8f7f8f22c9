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

    private readonly Lock _gate = new();
    private readonly MachineClock _clock;
    private readonly TimeProvider _host;
    private readonly IInterruptLine _line;
    private readonly MachineTimer _secondTimer, _periodicTimer;
    private readonly byte[] _memory = new byte[128];
    private byte _index;
    private TimeSpan _difference;    // guest's time minus the host's
    private long _lastSecond;        // second of the guest's time up to which flags are set
    private long _lastPeriodic;      // the machine's time up to which the periodic flag is set

    /// <param name="clock">Times the interrupts.</param>
    /// <param name="host">Gives the time of day.</param>
    /// <param name="line">ISA line 8.</param>
    /// <param name="ram">Bytes of RAM, for the sizes that firmware leaves in CMOS.</param>
    internal RealTimeClock(MachineClock clock, TimeProvider host, IInterruptLine line, ulong ram)
    {
        _clock = clock;
        _host = host;
        _line = line;
        _secondTimer = clock.CreateTimer(OnSecond);
        _periodicTimer = clock.CreateTimer(OnPeriod);
        _memory[A] = 0x26;           // 32768 Hz, 1024 Hz periodic rate
        _memory[B] = Hours24;
        _memory[D] = 0x80;           // the battery is good
        FillMemorySizes(ram);
        _lastSecond = CurrentSecond();
    }

    public string StateName => "rtc";

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(0x70, 2, this);

    public uint ReadPort(ushort port, int size)
    {
        lock (_gate)
        {
            if (port == 0x70) return 0xFF;      // the index is write-only
            return _index switch
            {
                Seconds or Minutes or Hours or Weekday or Day or Month or Year or Century => (_memory[B] & Set) != 0 ? _memory[_index] : TimeField(_index),
                A => (byte)(_memory[A] | (IsUpdating() ? UpdateInProgress : 0)),
                C => ReadFlags(),
                _ => _memory[_index],
            };
        }
    }

    public void WritePort(ushort port, int size, uint value)
    {
        lock (_gate)
        {
            if (port == 0x70) _index = (byte)(value & 0x7F);     // bit 7 masks NMI: there is no NMI source
            else Write((byte)value);
        }
    }

    private void Write(byte value)
    {
        switch (_index)
        {
            case Seconds or Minutes or Hours or Weekday or Day or Month or Year or Century:
                if ((_memory[B] & Set) == 0) LatchTime();
                _memory[_index] = value;
                if ((_memory[B] & Set) == 0) SetTime();
                break;
            case A:
                _memory[A] = (byte)(value & 0x7F);
                ArmPeriodic(_clock.Now);
                break;
            case B: WriteB(value); break;
            case C or D: break;
            default: _memory[_index] = value; break;
        }
    }

    private void WriteB(byte value)
    {
        bool wasSet = (_memory[B] & Set) != 0, isSet = (value & Set) != 0;
        if (isSet && !wasSet) LatchTime();
        if (isSet) value &= unchecked((byte)~Update);
        CatchUp();
        _memory[B] = value;
        if (wasSet && !isSet) SetTime();
        UpdateLine();
        ArmSecond();
        ArmPeriodic(_clock.Now);
    }

    private DateTime Now()
    {
        long ticks = _host.GetUtcNow().UtcTicks + _difference.Ticks;
        return new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }

    private long CurrentSecond() => Now().Ticks / TimeSpan.TicksPerSecond;

    private bool IsUpdating()
    {
        if ((_memory[B] & Set) != 0) return false;
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
        foreach (int field in (ReadOnlySpan<int>)[Seconds, Minutes, Hours, Weekday, Day, Month, Year, Century]) _memory[field] = TimeField(field);
    }

    /// <summary>Takes the time from the registers; fields out of range are brought into it.</summary>
    private void SetTime()
    {
        int year = Math.Clamp(Decode(_memory[Century]) * 100 + Math.Min(Decode(_memory[Year]), 99), 1, 9998);
        int month = Math.Clamp(Decode(_memory[Month]), 1, 12);
        int day = Math.Clamp(Decode(_memory[Day]), 1, DateTime.DaysInMonth(year, month));
        var time = new DateTime(year, month, day, Math.Min(DecodeHour(_memory[Hours]), 23), Math.Min(Decode(_memory[Minutes]), 59),
            Math.Min(Decode(_memory[Seconds]), 59), DateTimeKind.Utc);
        _difference = time - _host.GetUtcNow().UtcDateTime;
        _lastSecond = CurrentSecond();
        ArmSecond();
    }

    private byte Encode(int value) => (byte)((_memory[B] & Binary) != 0 ? value : value / 10 << 4 | value % 10);

    private int Decode(byte value) => (_memory[B] & Binary) != 0 ? value : (value >> 4) * 10 + (value & 15);

    private byte EncodeHour(int hour)
    {
        if ((_memory[B] & Hours24) != 0) return Encode(hour);
        return (byte)(Encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0));
    }

    private int DecodeHour(byte value)
    {
        if ((_memory[B] & Hours24) != 0) return Decode(value);
        return Decode((byte)(value & 0x7F)) % 12 + ((value & 0x80) != 0 ? 12 : 0);
    }

    private byte ReadFlags()
    {
        CatchUp();
        long now = _clock.Now, period = Period();
        if (period != 0 && now / period != _lastPeriodic / period) _memory[C] |= Periodic;
        _lastPeriodic = now;
        byte flags = _memory[C];
        _memory[C] = 0;
        _line.Set(false);
        return flags;
    }

    /// <summary>Sets the update and alarm flags for the seconds that have begun since the last call.</summary>
    private void CatchUp()
    {
        if ((_memory[B] & Set) != 0) return;
        long now = CurrentSecond();
        if (now == _lastSecond) return;
        _memory[C] |= Update;
        // More than a day, or a host's clock set back, meets every time of the day.
        long passed = now - _lastSecond;
        if (passed is < 0 or > SecondsPerDay) passed = SecondsPerDay;
        for (long second = now - passed + 1; second <= now; second++)
        {
            if (!AlarmMatches((int)(second % SecondsPerDay))) continue;
            _memory[C] |= Alarm;
            break;
        }
        _lastSecond = now;
    }

    private bool AlarmMatches(int second)
    {
        static bool Matches(byte alarm, byte value) => alarm >= 0xC0 || alarm == value;
        return Matches(_memory[SecondsAlarm], Encode(second % 60)) && Matches(_memory[MinutesAlarm], Encode(second / 60 % 60)) &&
            Matches(_memory[HoursAlarm], EncodeHour(second / 3600));
    }

    private void UpdateLine()
    {
        bool raise = (_memory[C] & _memory[B] & (Periodic | Alarm | Update)) != 0;
        _memory[C] = (byte)(_memory[C] & ~InterruptFlag | (raise ? InterruptFlag : 0));
        _line.Set(raise);
    }

    private void ArmSecond()
    {
        if ((_memory[B] & (Alarm | Update)) == 0 || (_memory[B] & Set) != 0) { _secondTimer.Cancel(); return; }
        long rest = Second - Now().Ticks % TimeSpan.TicksPerSecond * 100;
        _secondTimer.Set(_clock.Now + rest);
    }

    private void OnSecond()
    {
        lock (_gate)
        {
            CatchUp();
            UpdateLine();
            ArmSecond();
        }
    }

    private long Period()
    {
        int rate = _memory[A] & 15;
        if (rate == 0) return 0;
        int shift = rate <= 2 ? rate + 6 : rate - 1;
        return Second * (1L << shift) / 32_768;
    }

    private void ArmPeriodic(long now)
    {
        long period = (_memory[B] & Periodic) != 0 ? Period() : 0;
        if (period == 0) _periodicTimer.Cancel();
        else _periodicTimer.Set(Math.Max((now / period + 1) * period, now + ShortestInterval));
    }

    private void OnPeriod()
    {
        lock (_gate)
        {
            if (Period() == 0 || (_memory[B] & Periodic) == 0) return;
            _memory[C] |= Periodic;
            _lastPeriodic = _clock.Now;
            UpdateLine();
            ArmPeriodic(_clock.Now);
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
        _memory[0x5D] = (byte)(high >> 32);

        void Store(int at, ushort value) { _memory[at] = (byte)value; _memory[at + 1] = (byte)(value >> 8); }
    }

    public void SaveState(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_memory);
            writer.Write(_index);
            writer.Write(_difference.Ticks);
        }
    }

    public void LoadState(BinaryReader reader, int version)
    {
        lock (_gate)
        {
            byte[] saved = reader.ReadBytes(_memory.Length);
            if (saved.Length != _memory.Length) throw new InvalidDataException($"rtc: {saved.Length} of {_memory.Length} bytes of CMOS.");
            saved.CopyTo(_memory, 0);
            _index = (byte)(reader.ReadByte() & 0x7F);
            long ticks = reader.ReadInt64();
            if (Math.Abs((decimal)ticks) > DateTime.MaxValue.Ticks) throw new InvalidDataException($"rtc: a time difference of {ticks} ticks.");
            _difference = new TimeSpan(ticks);
            _lastSecond = CurrentSecond();
            _lastPeriodic = _clock.Now;
            UpdateLine();
            ArmSecond();
            ArmPeriodic(_clock.Now);
        }
    }
}
