using System.Buffers.Binary;
using System.Text;
using VirtEngine.Disks;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// The block device (virtio 1.2, 5.2). Requests are taken on the thread that notifies; what the disk cannot do at once goes on elsewhere and
/// is given back under the device's lock by a thread of the pool.
/// </summary>
internal sealed class VirtioBlk : VirtioDevice, IThreadPoolWorkItem
{
    /// <summary>Descriptors of a queue.</summary>
    internal const ushort QueueSize = 256;

    /// <summary>Requests under way at the most.</summary>
    internal const int MaximumRequests = 256;

    /// <summary>Pieces of memory in a request, without its header and its status.</summary>
    internal const int MaximumSegments = QueueSize - 2;

    /// <summary>Bytes that a request discards or zeroes at the most.</summary>
    internal const int MaximumRange = 1 << 30;

    /// <summary>Ranges of a discard or of zeroes.</summary>
    internal const int MaximumRanges = 64;

    private const ulong SegmentCount = 1ul << 2, ReadOnly = 1ul << 5, BlockSize = 1ul << 6, Flush = 1ul << 9, Topology = 1ul << 10,
        MultipleQueues = 1ul << 12, Discard = 1ul << 13, WriteZeroes = 1ul << 14;
    private const int IdentityLength = 20;

    private readonly GuestMemory _memory;
    private readonly byte[] _configuration = new byte[60];
    private readonly byte[] _identity = new byte[IdentityLength];
    private readonly object _end = new();
    private readonly List<VirtioBlkRequest> _all = [];
    private VirtioBlkRequest? _free, _done;
    private int _underWay;
    private bool _giving;       // whether a thread is on its way to give back what is done
    private uint _starved;      // queues that wait for a request to become free

    /// <param name="memory">The guest's RAM.</param>
    /// <param name="disk">The disk; it is the caller's, and is not closed before the device.</param>
    /// <param name="name">What the disk says it is called; 20 bytes of it.</param>
    /// <param name="queues">Queues, as many as the machine has processors.</param>
    internal VirtioBlk(GuestMemory memory, IBlockDevice disk, string name, int queues) : base(memory, SizesOf(queues))
    {
        _memory = memory;
        Disk = disk;
        var text = Encoding.UTF8.GetBytes(name).AsSpan();
        text[..Math.Min(text.Length, IdentityLength)].CopyTo(_identity);

        var geometry = disk.Geometry;
        var fields = _configuration.AsSpan();
        BinaryPrimitives.WriteUInt64LittleEndian(fields, (ulong)geometry.Length / BlockGeometry.SectorSize);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[12..], MaximumSegments);
        BinaryPrimitives.WriteUInt32LittleEndian(fields[20..], (uint)geometry.LogicalBlockSize);
        fields[24] = (byte)Math.Max(0, int.Log2(geometry.PhysicalBlockSize) - int.Log2(geometry.LogicalBlockSize));
        BinaryPrimitives.WriteUInt16LittleEndian(fields[34..], (ushort)queues);
        int sectors = MaximumRange / BlockGeometry.SectorSize;
        BinaryPrimitives.WriteInt32LittleEndian(fields[36..], sectors);
        BinaryPrimitives.WriteInt32LittleEndian(fields[40..], MaximumRanges);
        BinaryPrimitives.WriteInt32LittleEndian(fields[44..], geometry.PhysicalBlockSize / BlockGeometry.SectorSize);
        BinaryPrimitives.WriteInt32LittleEndian(fields[48..], sectors);
        BinaryPrimitives.WriteInt32LittleEndian(fields[52..], MaximumRanges);
        fields[56] = 1;         // zeroes may give their room back
        OfferedFeatures = base.OfferedFeatures | SegmentCount | BlockSize | Flush | Topology
            | (queues > 1 ? MultipleQueues : 0) | (geometry.IsReadOnly ? ReadOnly : Discard | WriteZeroes);
    }

    internal override ushort DeviceType => 2;

    internal override uint PciClass => 0x018000;

    internal override ulong OfferedFeatures { get; }

    /// <summary>The disk behind the device.</summary>
    internal IBlockDevice Disk { get; }

    /// <summary>What the disk says it is called: 20 bytes, the rest zeroes.</summary>
    internal ReadOnlySpan<byte> Identity => _identity;

    /// <summary>Whether a driver's writes need not be durable before a flush: without the feature it knows nothing of flushes.</summary>
    internal bool HasWriteCache => (DriverFeatures & Flush) != 0;

    private static ushort[] SizesOf(int queues)
    {
        var sizes = new ushort[queues];
        Array.Fill(sizes, QueueSize);
        return sizes;
    }

    internal override ulong ReadConfiguration(int offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && offset + i < _configuration.Length; i++) value |= (ulong)_configuration[offset + i] << 8 * i;
        return value;
    }

    protected override void Serve(int index)
    {
        var queue = Queues[index];
        for (int i = 0; i < queue.Size; i++)
        {
            if (_free is null) GiveBack();
            var request = _free;
            if (request is null && _all.Count == MaximumRequests)
            {
                // A driver may offer what it has not got back yet, again and again.
                _starved |= 1u << index;
                break;
            }
            if (request is null) _all.Add(request = new VirtioBlkRequest(this, _memory));
            else _free = request.Next;
            if (!queue.TryPop(request.Chain))
            {
                request.Next = _free;
                _free = request;
                break;
            }
            lock (_end) _underWay++;
            request.Start(index);
        }
        GiveBack();
    }

    /// <summary>A request is done; called from any thread, with or without the device's lock.</summary>
    internal void End(VirtioBlkRequest request)
    {
        lock (_end)
        {
            request.Next = _done;
            _done = request;
            if (--_underWay == 0) Monitor.PulseAll(_end);
        }
        // The thread that serves gives back what was done at once when it has served all. No thread of the disk waits for the device's lock: who
        // holds it may wait for the disk.
        if (!Gate.IsHeldByCurrentThread && !Interlocked.Exchange(ref _giving, true)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _giving, false);
        lock (Gate)
        {
            GiveBack();
            (uint starved, _starved) = (_starved, 0);
            for (int queue = 0; starved != 0; queue++, starved >>= 1)
                if ((starved & 1) != 0) Notify(queue);
        }
    }

    private void GiveBack()
    {
        VirtioBlkRequest? done;
        lock (_end)
        {
            done = _done;
            _done = null;
        }
        uint told = 0;
        while (done is not null)
        {
            var next = done.Next;
            Queues[done.Queue].Push(done.Chain);
            told |= 1u << done.Queue;
            done.Next = _free;
            _free = done;
            done = next;
        }
        for (int queue = 0; told != 0; queue++, told >>= 1)
            if ((told & 1) != 0) TellUsed(queue);
    }

    /// <summary>Waits until the disk uses no memory of the guest any more. Requests end without the device's lock, which is held.</summary>
    private void WaitForEnd()
    {
        lock (_end)
        {
            if (_underWay == 0) return;
            Disk.Hurry(true);
            while (_underWay > 0) Monitor.Wait(_end);
        }
        Disk.Hurry(false);
    }

    /// <inheritdoc/>
    internal override void Hold()
    {
        lock (Gate)
        {
            WaitForEnd();
            GiveBack();
        }
    }

    protected override void OnReset()
    {
        WaitForEnd();
        _starved = 0;
        lock (_end)
        {
            while (_done is { } request)
            {
                _done = request.Next;
                request.Next = _free;
                _free = request;
            }
        }
    }

    internal override void Save(BinaryWriter writer)
    {
        WaitForEnd();
        GiveBack();
        base.Save(writer);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var request in _all) request.Dispose();
    }
}
