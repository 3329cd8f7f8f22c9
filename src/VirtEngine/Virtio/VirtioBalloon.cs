using System.Buffers.Binary;
using VirtEngine.Balloons;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// The memory balloon (virtio 1.2, 5.5) with statistics and free page reporting. Pages that the guest names go back to the host at once, whole
/// pages and no other; they come back, zeroed, when they are touched, so that a deflation needs no more than the guest's own word.
/// </summary>
internal sealed class VirtioBalloon : ThreadedVirtioDevice
{
    /// <summary>VIRTIO_BALLOON_F_STATS_VQ, _DEFLATE_ON_OOM, _REPORTING.</summary>
    internal const ulong StatisticsFeature = 1 << 1, DeflateOnOom = 1 << 2, Reporting = 1 << 5;

    /// <summary>Pages that one request may name.</summary>
    internal const int MostPages = 4096;

    private const int InflateQueue = 0, DeflateQueue = 1, FirstOptionalQueue = 2;
    private const int ActualAt = 4, StatisticSize = 10, MostStatistics = 64, Batch = 16;
    private const ushort QueueSize = 128;

    private readonly GuestMemory _memory;
    private readonly BalloonControl _control;
    private readonly VirtChain _chain, _statistics;
    private bool _holdsStatistics, _wantsStatistics;
    private uint _actual;

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="control">The host's side, which the device uses until it is disposed of.</param>
    internal VirtioBalloon(GuestMemory memory, BalloonControl control) : base(memory, "balloon", QueueSize, QueueSize, QueueSize, QueueSize)
    {
        _memory = memory;
        _control = control;
        _chain = new VirtChain(memory, QueueSize);
        _statistics = new VirtChain(memory, QueueSize);
        control.TargetChanged = OnTargetChanged;
        control.StatisticsWanted = OnStatisticsWanted;
    }

    internal override ushort DeviceType => 5;

    internal override uint PciClass => 0x00FF00;

    internal override ulong OfferedFeatures => base.OfferedFeatures | StatisticsFeature | DeflateOnOom | Reporting;

    // Queues of features that were not negotiated are not there: those behind them move up (Linux, QEMU).
    private int StatisticsQueue => (DriverFeatures & StatisticsFeature) != 0 ? FirstOptionalQueue : -1;

    private int ReportingQueue => (DriverFeatures & Reporting) != 0 ? FirstOptionalQueue + (StatisticsQueue < 0 ? 0 : 1) : -1;

    internal override ulong ReadConfiguration(int offset, int size)
    {
        Span<byte> configuration = stackalloc byte[16];
        configuration.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(configuration, _control.TargetPages);
        BinaryPrimitives.WriteUInt32LittleEndian(configuration[ActualAt..], _actual);
        return offset < 8 ? BinaryPrimitives.ReadUInt64LittleEndian(configuration[offset..]) & ulong.MaxValue >> (64 - 8 * size) : 0;
    }

    internal override void WriteConfiguration(int offset, int size, ulong value)
    {
        if (offset != ActualAt || size != 4) return;
        _actual = (uint)value;
        _control.ActualPages = _actual;
    }

    private void OnTargetChanged()
    {
        lock (Gate)
        {
            if (IsLive) Interrupts?.RaiseConfiguration();
        }
    }

    private void OnStatisticsWanted()
    {
        lock (Gate)
        {
            if (!IsLive || StatisticsQueue < 0) return;
            _wantsStatistics = true;
            Wake(1u << StatisticsQueue);
        }
    }

    protected override void Serve(int index)
    {
        if (index == StatisticsQueue) TakeStatistics();
        else if (index == InflateQueue || index == DeflateQueue || index == ReportingQueue) TakePages(index);
    }

    private void TakePages(int index)
    {
        var queue = Queues[index];
        int taken = 0;
        for (; taken < Batch && queue.TryPop(_chain); taken++)
        {
            if (index == ReportingQueue) Report();
            else if (index == InflateQueue && !TryInflate())
            {
                Fail($"A request names more than {MostPages} pages.");
                return;
            }
            queue.Push(_chain);
        }
        if (taken > 0) TellUsed(index);
        if (taken == Batch) Wake(1u << index);
    }

    private bool TryInflate()
    {
        if (_chain.ReadableLength > MostPages * sizeof(uint)) return false;
        Span<byte> number = stackalloc byte[sizeof(uint)];
        ulong start = 0, count = 0;
        while (_chain.Read(number) == sizeof(uint))
        {
            ulong page = BinaryPrimitives.ReadUInt32LittleEndian(number);
            if (count > 0 && page == start + count) { count++; continue; }
            Discard(start, count);
            (start, count) = (page, 1);
        }
        Discard(start, count);
        return true;
    }

    // A run of pages that is not RAM from end to end is looked at page by page: each that is RAM was named.
    private void Discard(ulong start, ulong count)
    {
        if (count == 0) return;
        ulong done = _memory.Discard(start << GuestMemory.PageShift, count << GuestMemory.PageShift);
        for (ulong page = 0; done == 0 && count > 1 && page < count; page++)
            _control.CountReturned(_memory.Discard(start + page << GuestMemory.PageShift, GuestMemory.PageSize));
        _control.CountReturned(done);
    }

    private void Report()
    {
        foreach (var range in _chain.Writable) _control.CountReturned(_memory.Discard(range.Address, (ulong)range.Length));
    }

    // The driver leaves one buffer here; giving it back asks for the next (5.5.6.3).
    private void TakeStatistics()
    {
        var queue = Queues[StatisticsQueue];
        if (_holdsStatistics && _wantsStatistics)
        {
            _holdsStatistics = _wantsStatistics = false;
            queue.Push(_statistics);
            TellUsed(StatisticsQueue);
        }
        if (_holdsStatistics || !queue.TryPop(_statistics)) return;
        _holdsStatistics = true;
        Span<byte> bytes = stackalloc byte[StatisticSize];
        for (int i = 0; i < MostStatistics && _statistics.Read(bytes) == StatisticSize; i++)
        {
            var what = (BalloonStatistic)BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (what <= BalloonStatistic.HugePageFailures) _control.SetStatistic(what, BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]));
        }
    }

    protected override void OnReset()
    {
        _actual = 0;
        _control.ActualPages = 0;
        _holdsStatistics = _wantsStatistics = false;
    }

    internal override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_actual); writer.Write(_holdsStatistics); writer.Write(_statistics.Head);
    }

    internal override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _actual = _control.ActualPages = reader.ReadUInt32();
        _holdsStatistics = reader.ReadBoolean();
        _statistics.Begin(reader.ReadUInt16());
    }

    /// <summary>Lets go of the host's side.</summary>
    public override void Dispose()
    {
        _control.TargetChanged = _control.StatisticsWanted = null;
        base.Dispose();
    }
}
