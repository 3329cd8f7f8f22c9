using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Disks;
using VirtEngine.Memory;

namespace VirtEngine.Nvme;

/// <summary>
/// The guest memory of one command, from its PRP entries (NVM Express 1.4, 4.3) or SGL descriptors (4.4). It is made once and filled again. What the
/// guest gives is read once and bounded: by the bytes asked for, by <see cref="MaximumSegments"/> and by <see cref="MaximumDescriptors"/>.
/// </summary>
internal sealed unsafe class NvmeTransfer(GuestMemory memory) : IDisposable
{
    /// <summary>log2 of the most pages that a command moves: the controller's MDTS.</summary>
    internal const int MaximumPagesShift = 8;

    /// <summary>The most bytes that a command moves.</summary>
    internal const int MaximumLength = GuestMemory.PageSize << MaximumPagesShift;

    /// <summary>The most pieces of memory that a command has; a PRP list needs 257 at most.</summary>
    internal const int MaximumSegments = 512;

    /// <summary>The most SGL descriptors that are looked at for a command.</summary>
    internal const int MaximumDescriptors = 1024;

    private const int DescriptorSize = 16;

    private enum SglType { DataBlock = 0, BitBucket = 1, Segment = 2, LastSegment = 3 }

    private readonly BlockSegment* _segments = (BlockSegment*)NativeMemory.Alloc(MaximumSegments, (nuint)sizeof(BlockSegment));
    private byte* _sink;        // takes what the guest does not want; made when it is first needed
    private int _count;
    private long _rest;

    /// <summary>The memory, after a description was accepted.</summary>
    internal BlockBuffers Buffers => new(_segments, _count);

    /// <summary>Reads a command's description of its memory.</summary>
    /// <param name="command">The command.</param>
    /// <param name="length">Bytes that it moves, at most <see cref="MaximumLength"/>.</param>
    /// <param name="toGuest">Whether they go to the guest.</param>
    internal NvmeStatus Describe(in NvmeCommand command, long length, bool toGuest)
    {
        _count = 0;
        _rest = length;
        if (command.DataPointerKind == 0) return AddPages(command.Data1, command.Data2);
        if (command.DataPointerKind == 3) return NvmeStatus.InvalidField;
        var status = AddList(command.Data1, command.Data2, toGuest);
        return status == NvmeStatus.Success && _rest != 0 ? NvmeStatus.DataSglLengthInvalid : status;
    }

    /// <summary>Says that the guest's memory was written.</summary>
    internal void NotifyWritten()
    {
        for (int i = 0; i < _count; i++)
        {
            // What lies elsewhere went into the sink.
            ulong first = (ulong)(_segments[i].Pointer - memory.Pointer), last = first + _segments[i].Length - 1;
            if (first >= memory.Size) continue;
            for (ulong page = first >> GuestMemory.PageShift; page <= last >> GuestMemory.PageShift; page++) memory.Pages.NotifyWritten(page);
        }
    }

    private NvmeStatus AddPages(ulong first, ulong second)
    {
        if ((first & 3) != 0) return NvmeStatus.PrpOffsetInvalid;
        if (!TryAdd(first, Math.Min(_rest, GuestMemory.PageSize - OffsetOf(first)))) return NvmeStatus.DataTransferError;
        if (_rest == 0) return NvmeStatus.Success;
        if (_rest <= GuestMemory.PageSize) return AddPage(second);
        if ((second & 7) != 0) return NvmeStatus.PrpOffsetInvalid;
        ulong at = second;
        while (_rest > 0)
        {
            // A list ends with its page; where more is to come, the last entry leads to the next.
            if (!memory.TryGetPointer(at, sizeof(ulong), out byte* pointer)) return NvmeStatus.DataTransferError;
            ulong entry = Volatile.Read(ref *(ulong*)pointer);
            if (OffsetOf(at) == GuestMemory.PageSize - sizeof(ulong) && _rest > GuestMemory.PageSize)
            {
                if (OffsetOf(entry) != 0) return NvmeStatus.PrpOffsetInvalid;
                at = entry;
                continue;
            }
            if (AddPage(entry) is var status and not NvmeStatus.Success) return status;
            at += sizeof(ulong);
        }
        return NvmeStatus.Success;
    }

    private NvmeStatus AddPage(ulong address)
    {
        if (OffsetOf(address) != 0) return NvmeStatus.PrpOffsetInvalid;
        return TryAdd(address, Math.Min(_rest, GuestMemory.PageSize)) ? NvmeStatus.Success : NvmeStatus.DataTransferError;
    }

    private NvmeStatus AddList(ulong address, ulong rest, bool toGuest)
    {
        if (TypeOf(rest) is SglType.DataBlock or SglType.BitBucket) return AddBlock(address, rest, toGuest);
        int looked = 0;
        while (true)
        {
            if (TypeOf(rest) is not (SglType.Segment or SglType.LastSegment)) return NvmeStatus.SglTypeInvalid;
            bool last = TypeOf(rest) == SglType.LastSegment;
            uint length = (uint)rest;
            if (length == 0 || length % DescriptorSize != 0) return NvmeStatus.InvalidSglSegment;
            if (length / DescriptorSize > MaximumDescriptors - looked) return NvmeStatus.InvalidSglCount;
            looked += (int)length / DescriptorSize;
            if (!memory.TryGetPointer(address, length, out byte* table)) return NvmeStatus.DataTransferError;
            for (byte* end = table + length; table < end; table += DescriptorSize)
            {
                ulong nextAddress = Unsafe.ReadUnaligned<ulong>(table), next = Unsafe.ReadUnaligned<ulong>(table + sizeof(ulong));
                if (TypeOf(next) is SglType.Segment or SglType.LastSegment)
                {
                    // It leads on from the end of a segment that is not the last one.
                    if (last || table + DescriptorSize != end) return NvmeStatus.InvalidSglSegment;
                    (address, rest) = (nextAddress, next);
                }
                else if (!last && table + DescriptorSize == end) return NvmeStatus.InvalidSglSegment;
                else if (AddBlock(nextAddress, next, toGuest) is var status and not NvmeStatus.Success) return status;
            }
            if (last) return NvmeStatus.Success;
        }
    }

    private NvmeStatus AddBlock(ulong address, ulong rest, bool toGuest)
    {
        uint length = (uint)rest;
        switch (TypeOf(rest))
        {
            case SglType.BitBucket:
                if (!toGuest || length == 0) return NvmeStatus.Success;     // nothing comes from it
                if (length > _rest) return NvmeStatus.DataSglLengthInvalid;
                if (_count == MaximumSegments) return NvmeStatus.InvalidSglCount;
                if (_sink == null) _sink = (byte*)NativeMemory.Alloc(MaximumLength);
                _segments[_count++] = new BlockSegment(_sink, length);
                _rest -= length;
                return NvmeStatus.Success;
            case SglType.DataBlock:
                if (length == 0) return NvmeStatus.Success;
                if (length > _rest) return NvmeStatus.DataSglLengthInvalid;
                if (_count == MaximumSegments) return NvmeStatus.InvalidSglCount;
                return TryAdd(address, length) ? NvmeStatus.Success : NvmeStatus.DataTransferError;
            default:
                return NvmeStatus.SglTypeInvalid;
        }
    }

    private bool TryAdd(ulong address, long length)
    {
        if (!memory.TryGetPointer(address, (ulong)length, out byte* pointer)) return false;
        _rest -= length;
        if (_count > 0 && _segments[_count - 1].Pointer + _segments[_count - 1].Length == pointer) _segments[_count - 1].Length += (nuint)length;
        else _segments[_count++] = new BlockSegment(pointer, (nuint)length);
        return true;
    }

    /// <summary>The type in a descriptor's last byte; subtypes other than 0 are not known.</summary>
    private static SglType TypeOf(ulong rest) => (rest >> 56 & 15) == 0 ? (SglType)(rest >> 60) : (SglType)(-1);

    private static long OffsetOf(ulong address) => (long)(address & GuestMemory.PageSize - 1);

    public void Dispose()
    {
        NativeMemory.Free(_segments);
        NativeMemory.Free(_sink);
    }
}
