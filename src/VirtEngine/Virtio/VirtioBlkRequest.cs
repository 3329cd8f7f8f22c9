using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Disks;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>A request to a block device under way (virtio 1.2, 5.2.6): one or more requests to its disk, one after the other. It is used again.</summary>
internal sealed unsafe class VirtioBlkRequest : IDisposable
{
    private const int HeaderLength = 16, RangeLength = 16;
    private const uint MayUnmap = 1;

    private enum Kind : uint { In = 0, Out = 1, Flush = 4, GetId = 8, Discard = 11, WriteZeroes = 13 }

    private enum Outcome : byte { Ok = 0, Error = 1, Unsupported = 2 }

    private readonly VirtioBlk _device;
    private readonly BlockSegment* _segments = (BlockSegment*)NativeMemory.Alloc(VirtioBlk.QueueSize, (nuint)sizeof(BlockSegment));
    private readonly Action _resume;
    private readonly byte[] _ranges = new byte[VirtioBlk.MaximumRanges * RangeLength];
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
    private BlockBuffers _buffers;
    private Kind _kind;
    private long _offset;
    private int _step, _steps;

    internal VirtioBlkRequest(VirtioBlk device, GuestMemory memory)
    {
        _device = device;
        Chain = new VirtChain(memory, VirtioBlk.QueueSize);
        _resume = Resume;
    }

    /// <summary>The driver's buffers.</summary>
    internal VirtChain Chain { get; }

    /// <summary>The queue that it came from.</summary>
    internal int Queue { get; private set; }

    /// <summary>The next one in a list of the device's.</summary>
    internal VirtioBlkRequest? Next { get; set; }

    /// <summary>Does what stands in the chain, or begins it; its end is told to the device.</summary>
    internal void Start(int queue)
    {
        Queue = queue;
        _step = _steps = 0;
        _buffers = default;
        var outcome = Prepare();
        if (outcome == Outcome.Ok) Run();
        else Finish(outcome);
    }

    private Outcome Prepare()
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (Chain.Read(header) < HeaderLength || Chain.WritableLength == 0) return Outcome.Error;
        _kind = (Kind)BinaryPrimitives.ReadUInt32LittleEndian(header);
        ulong sector = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        switch (_kind)
        {
            case Kind.In:
                return PrepareTransfer(sector, toGuest: true);
            case Kind.Out:
                return PrepareTransfer(sector, toGuest: false);
            case Kind.Flush:
                _steps = 1;
                return Outcome.Ok;
            case Kind.Discard or Kind.WriteZeroes when !_device.Disk.Geometry.IsReadOnly:
                return PrepareRanges();
            case Kind.GetId:
                Chain.Write(_device.Identity[..(int)Math.Min(_device.Identity.Length, Chain.WritableLength - 1)]);
                return Outcome.Ok;
            default:
                return Outcome.Unsupported;
        }
    }

    private Outcome PrepareTransfer(ulong sector, bool toGuest)
    {
        long length = toGuest ? Chain.WritableLength - 1 : Chain.ReadableLength - HeaderLength;
        if (sector > long.MaxValue / BlockGeometry.SectorSize || length == 0) return Outcome.Error;
        _offset = (long)sector * BlockGeometry.SectorSize;
        var geometry = _device.Disk.Geometry;
        if (!geometry.Contains(_offset, length)) return Outcome.Error;
        if (!toGuest && geometry.IsReadOnly) return Outcome.Error;
        int count = Chain.TakeSegments(new Span<BlockSegment>(_segments, VirtioBlk.QueueSize), toGuest, length);
        _buffers = new BlockBuffers(_segments, count);
        _steps = !toGuest && !_device.HasWriteCache ? 2 : 1;
        return Outcome.Ok;
    }

    private Outcome PrepareRanges()
    {
        long length = Chain.ReadableLength - HeaderLength;
        if (length == 0 || length % RangeLength != 0 || length > _ranges.Length) return Outcome.Error;
        Chain.Read(_ranges.AsSpan(0, (int)length));
        _steps = (int)length / RangeLength;
        for (int i = 0; i < _steps; i++)
        {
            var (sector, count, flags) = Range(i);
            if (count > VirtioBlk.MaximumRange / BlockGeometry.SectorSize || sector > long.MaxValue / BlockGeometry.SectorSize) return Outcome.Error;
            if (!_device.Disk.Geometry.Contains((long)sector * BlockGeometry.SectorSize, (long)count * BlockGeometry.SectorSize)) return Outcome.Error;
            if ((flags & ~MayUnmap) != 0 || (flags != 0 && _kind == Kind.Discard)) return Outcome.Unsupported;
        }
        return Outcome.Ok;
    }

    private (ulong Sector, uint Count, uint Flags) Range(int index)
    {
        var range = _ranges.AsSpan(index * RangeLength, RangeLength);
        return (BinaryPrimitives.ReadUInt64LittleEndian(range), BinaryPrimitives.ReadUInt32LittleEndian(range[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(range[12..]));
    }

    private ValueTask StartStep(int step)
    {
        var disk = _device.Disk;
        switch (_kind)
        {
            case Kind.In: return disk.ReadAsync(_offset, _buffers);
            case Kind.Out when step == 0: return disk.WriteAsync(_offset, _buffers);
            case Kind.Discard or Kind.WriteZeroes:
                var (sector, count, flags) = Range(step);
                long offset = (long)sector * BlockGeometry.SectorSize, length = (long)count * BlockGeometry.SectorSize;
                return _kind == Kind.Discard ? disk.DiscardAsync(offset, length) : disk.WriteZeroesAsync(offset, length, (flags & MayUnmap) != 0);
            default: return disk.FlushAsync();
        }
    }

    private void Run()
    {
        try
        {
            while (_step < _steps)
            {
                Watch(StartStep(_step++));
                if (!_awaiter.IsCompleted)
                {
                    _awaiter.UnsafeOnCompleted(_resume);
                    return;
                }
                _awaiter.GetResult();
            }
        }
        catch (BlockException)
        {
            Finish(Outcome.Error);
            return;
        }
        Finish(Outcome.Ok);
    }

    private void Watch(ValueTask step) => _awaiter = step.ConfigureAwait(false).GetAwaiter();

    private void Resume()
    {
        try
        {
            _awaiter.GetResult();
        }
        catch (BlockException)
        {
            Finish(Outcome.Error);
            return;
        }
        Run();
    }

    /// <summary>Puts the outcome into the last byte that the driver gave room for.</summary>
    private void Finish(Outcome outcome)
    {
        if (_kind == Kind.In && outcome == Outcome.Ok) Chain.SkipRoom(_buffers.Length);
        Chain.WriteLast((byte)outcome);
        _device.End(this);
    }

    public void Dispose() => NativeMemory.Free(_segments);
}
