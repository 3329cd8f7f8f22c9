using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using VirtEngine.Disks;
using VirtEngine.Memory;

namespace VirtEngine.Nvme;

/// <summary>
/// A command of an I/O queue under way: a row of requests to disks, one after the other. The controller keeps these objects and uses them
/// again.
/// </summary>
internal sealed class NvmeRequest : IDisposable
{
    private const int MaximumRanges = 256, RangeSize = 16;
    private const uint ForceUnitAccess = 1u << 30, MayDeallocate = 1u << 25, Deallocate = 1u << 2;
    private const uint AllNamespaces = uint.MaxValue;

    private readonly NvmeController _controller;
    private readonly NvmeTransfer _transfer;
    private readonly Action _resume;
    private byte[]? _ranges;
    private NvmeCommand _command;
    private NvmeNamespace? _namespace;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
    private long _offset, _length;
    private int _step, _steps;

    internal NvmeRequest(NvmeController controller, GuestMemory memory)
    {
        _controller = controller;
        _transfer = new NvmeTransfer(memory);
        _resume = Resume;
    }

    /// <summary>Where the command came from.</summary>
    internal SubmissionQueue Queue { get; private set; } = null!;

    /// <summary>The command.</summary>
    internal ref readonly NvmeCommand Command => ref _command;

    /// <summary>The next one of the controller's free requests.</summary>
    internal NvmeRequest? Next { get; set; }

    private NvmeIo Operation => (NvmeIo)_command.Opcode;

    /// <summary>Does a command, or begins it; its end is told to the controller.</summary>
    internal void Start(SubmissionQueue queue, in NvmeCommand command)
    {
        Queue = queue;
        _command = command;
        _step = 0;
        var status = Prepare();
        if (status == NvmeStatus.Success) Run();
        else _controller.Complete(this, status);
    }

    private NvmeStatus Prepare()
    {
        if (Operation is not (NvmeIo.Flush or NvmeIo.Write or NvmeIo.Read or NvmeIo.WriteZeroes or NvmeIo.DatasetManagement)) return NvmeStatus.InvalidOpcode;
        if (_command.IsFused) return NvmeStatus.InvalidField;
        if (Operation == NvmeIo.Flush && _command.Namespace == AllNamespaces)
        {
            _namespace = null;
            _steps = _controller.Namespaces.Count;
            return NvmeStatus.Success;
        }
        _namespace = _controller.FindNamespace(_command.Namespace);
        if (_namespace is null) return NvmeStatus.InvalidNamespace;
        if (Operation == NvmeIo.Flush) { _steps = 1; return NvmeStatus.Success; }
        if (Operation != NvmeIo.Read && _namespace.Disk.Geometry.IsReadOnly) return NvmeStatus.WriteProtected;
        if (Operation == NvmeIo.DatasetManagement) return PrepareRanges();

        if (!_namespace.TryFind(_command.FirstBlock, (_command.Dword12 & 0xFFFF) + 1, out _offset, out _length)) return NvmeStatus.LbaOutOfRange;
        bool durable = Operation != NvmeIo.Read && ((_command.Dword12 & ForceUnitAccess) != 0 || !_controller.HasWriteCache);
        _steps = durable ? 2 : 1;
        if (Operation == NvmeIo.WriteZeroes) return NvmeStatus.Success;
        if (_length > NvmeTransfer.MaximumLength) return NvmeStatus.InvalidField;
        return _transfer.Describe(_command, _length, toGuest: Operation == NvmeIo.Read);
    }

    private NvmeStatus PrepareRanges()
    {
        int count = (int)(_command.Dword10 & 0xFF) + 1;
        var status = _transfer.Describe(_command, count * RangeSize, toGuest: false);
        if (status != NvmeStatus.Success) return status;
        _steps = 0;
        if ((_command.Dword11 & Deallocate) == 0) return NvmeStatus.Success;     // the others are hints
        _ranges ??= new byte[MaximumRanges * RangeSize];
        _transfer.Buffers.CopyTo(_ranges);
        for (int i = 0; i < count; i++)
            if (!TryFindRange(i)) return NvmeStatus.LbaOutOfRange;
        _steps = count;
        return NvmeStatus.Success;
    }

    private bool TryFindRange(int index)
    {
        var range = _ranges.AsSpan(index * RangeSize, RangeSize);
        return _namespace!.TryFind(
            BinaryPrimitives.ReadUInt64LittleEndian(range[8..]), BinaryPrimitives.ReadUInt32LittleEndian(range[4..]), out _offset, out _length);
    }

    private ValueTask StartStep(int step)
    {
        var disk = (_namespace ?? _controller.Namespaces[step]).Disk;
        switch (Operation)
        {
            case NvmeIo.DatasetManagement:
                TryFindRange(step);     // it did before
                return disk.DiscardAsync(_offset, _length);
            case NvmeIo.Read: return disk.ReadAsync(_offset, _transfer.Buffers);
            case NvmeIo.Write when step == 0: return disk.WriteAsync(_offset, _transfer.Buffers);
            case NvmeIo.WriteZeroes when step == 0:
                return disk.WriteZeroesAsync(_offset, _length, (_command.Dword12 & MayDeallocate) != 0);
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
        catch (BlockException e)
        {
            _controller.Complete(this, StatusOf(e.Status));
            return;
        }
        if (Operation == NvmeIo.Read) _transfer.NotifyWritten();
        _controller.Complete(this, NvmeStatus.Success);
    }

    private void Watch(ValueTask step) => _awaiter = step.ConfigureAwait(false).GetAwaiter();

    private void Resume()
    {
        try
        {
            _awaiter.GetResult();
        }
        catch (BlockException e)
        {
            _controller.Complete(this, StatusOf(e.Status));
            return;
        }
        Run();
    }

    private NvmeStatus StatusOf(BlockStatus status) => status switch
    {
        BlockStatus.NoSpace => NvmeStatus.CapacityExceeded,
        BlockStatus.OutOfRange => NvmeStatus.LbaOutOfRange,
        BlockStatus.ReadOnly => NvmeStatus.WriteProtected,
        BlockStatus.MediumError => Operation == NvmeIo.Read ? NvmeStatus.UnrecoveredReadError : NvmeStatus.WriteFault,
        _ => NvmeStatus.InternalError,
    };

    /// <summary>Bytes that the command moves, when it was done.</summary>
    internal long Length => _length;

    public void Dispose() => _transfer.Dispose();
}
