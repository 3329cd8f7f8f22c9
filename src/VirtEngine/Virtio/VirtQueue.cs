using System.Runtime.CompilerServices;
using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// A split virtqueue (virtio 1.2, 2.7) with indirect descriptors. Whatever the driver puts into its rings is checked when it is used; the first
/// thing that is wrong stops the queue and stands in <see cref="Error"/>. The device's lock is held around every call.
/// </summary>
/// <remarks>
/// Devices never suppress notifications: every buffer that a driver adds is followed by a notification, so a device may stop after a bounded
/// number of requests without losing one. That is also why VIRTIO_F_EVENT_IDX is not offered.
/// </remarks>
internal sealed unsafe class VirtQueue
{
    /// <summary>MSI-X vector that stands for none.</summary>
    internal const ushort NoVector = 0xFFFF;

    private const int DescriptorSize = 16, UsedSize = 8;
    private const ushort Next = 1, Writable = 2, Indirect = 4;
    private const ushort NoInterrupt = 1;

    private readonly GuestMemory _memory;
    private byte* _descriptors, _available, _used;
    private ushort _nextAvailable, _nextUsed;

    internal VirtQueue(GuestMemory memory, ushort maximum)
    {
        _memory = memory;
        Maximum = maximum;
        Size = maximum;
    }

    /// <summary>The largest size the device offers.</summary>
    internal ushort Maximum { get; }

    /// <summary>Descriptors: a power of two.</summary>
    internal ushort Size { get; private set; }

    /// <summary>Whether the driver has given it to the device.</summary>
    internal bool Enabled { get; private set; }

    /// <summary>Guest address of the descriptor table.</summary>
    internal ulong DescriptorAddress { get; set; }

    /// <summary>Guest address of the available ring.</summary>
    internal ulong DriverAddress { get; set; }

    /// <summary>Guest address of the used ring.</summary>
    internal ulong DeviceAddress { get; set; }

    /// <summary>The MSI-X vector that tells of used buffers.</summary>
    internal ushort Vector { get; set; } = NoVector;

    /// <summary>What the driver did wrong; null while nothing is.</summary>
    internal string? Error { get; private set; }

    /// <summary>Takes the size the driver wants; impossible ones are ignored, as the register then shows.</summary>
    internal void SetSize(ushort size)
    {
        if (size != 0 && size <= Maximum && (size & size - 1) == 0) Size = size;
    }

    /// <summary>Back to what it is after power-up.</summary>
    internal void Reset()
    {
        Size = Maximum;
        Enabled = false;
        DescriptorAddress = DriverAddress = DeviceAddress = 0;
        Vector = NoVector;
        Error = null;
        _nextAvailable = _nextUsed = 0;
        _descriptors = _available = _used = null;
    }

    /// <summary>The driver hands the queue over.</summary>
    /// <returns>Whether its rings lie aligned in RAM; if not, <see cref="Error"/> is set.</returns>
    internal bool TryEnable()
    {
        if (!TryFind(DescriptorAddress, DescriptorSize * Size, 16, out _descriptors)) Error = "the descriptor table is not in RAM";
        else if (!TryFind(DriverAddress, 6 + 2 * Size, 2, out _available)) Error = "the available ring is not in RAM";
        else if (!TryFind(DeviceAddress, 6 + UsedSize * Size, 4, out _used)) Error = "the used ring is not in RAM";
        Enabled = Error is null;
        return Enabled;
    }

    /// <summary>Takes the driver's next request.</summary>
    /// <returns>False if there is none, or something is wrong with it.</returns>
    internal bool TryPop(VirtChain chain)
    {
        if (!Enabled || Error is not null) return false;
        ushort waiting = (ushort)(Volatile.Read(ref *(ushort*)(_available + 2)) - _nextAvailable);
        if (waiting == 0) return false;
        if (waiting > Size) { Error = $"{waiting} requests in a queue of {Size}"; return false; }
        ushort head = *(ushort*)(_available + 4 + 2 * (_nextAvailable & Size - 1));
        chain.Begin(head);
        Error = Walk(chain, head);
        if (Error is not null) return false;
        _nextAvailable++;
        return true;
    }

    /// <summary>Puts the request that was taken last back, to be taken again.</summary>
    internal void Unpop() => _nextAvailable--;

    /// <summary>Gives a request back to the driver.</summary>
    internal void Push(VirtChain chain)
    {
        Stage(chain);
        Publish();
    }

    /// <summary>Writes a request into the used ring; the driver sees it with the next <see cref="Publish"/>.</summary>
    internal void Stage(VirtChain chain)
    {
        int at = 4 + UsedSize * (_nextUsed & Size - 1);
        *(uint*)(_used + at) = chain.Head;
        *(uint*)(_used + at + 4) = chain.Written;
        _nextUsed++;
        _memory.NotifyWritten(DeviceAddress + (uint)at, UsedSize);
    }

    /// <summary>Shows the driver all that was staged, at once.</summary>
    internal void Publish()
    {
        Volatile.Write(ref *(ushort*)(_used + 2), _nextUsed);
        _memory.NotifyWritten(DeviceAddress, 4);
    }

    /// <summary>Whether the driver wants to be told of what was pushed.</summary>
    internal bool WantsInterrupt()
    {
        Interlocked.MemoryBarrier();        // the index goes out before the flags are looked at
        return Enabled && (Volatile.Read(ref *(ushort*)_available) & NoInterrupt) == 0;
    }

    private string? Walk(VirtChain chain, ushort head)
    {
        byte* table = _descriptors;
        int tableSize = Size, index = head, steps = 0;
        bool inside = false;
        while (true)
        {
            if (index >= tableSize) return $"descriptor {index} of {tableSize}";
            if (++steps > Maximum) return "a loop of descriptors";
            // The driver may change a descriptor while it is read: one copy is checked and used.
            var (address, length, flags, next) = Load(table + DescriptorSize * index);
            if ((flags & Indirect) != 0)
            {
                if (inside) return "an indirect table in an indirect table";
                if ((flags & Next) != 0) return "a descriptor behind an indirect table";
                if (length == 0 || length % DescriptorSize != 0 || length / DescriptorSize > Maximum) return $"an indirect table of {length} bytes";
                if (!_memory.TryGetPointer(address, length, out table)) return "an indirect table outside RAM";
                tableSize = (int)length / DescriptorSize;
                index = steps = 0;
                inside = true;
                continue;
            }
            if (chain.Add(address, length, (flags & Writable) != 0) is { } wrong) return wrong;
            if ((flags & Next) == 0) return null;
            index = next;
        }
    }

    private static (ulong Address, uint Length, ushort Flags, ushort Next) Load(byte* descriptor) => (
        Unsafe.ReadUnaligned<ulong>(descriptor), Unsafe.ReadUnaligned<uint>(descriptor + 8),
        Unsafe.ReadUnaligned<ushort>(descriptor + 12), Unsafe.ReadUnaligned<ushort>(descriptor + 14));

    private bool TryFind(ulong address, int length, uint alignment, out byte* pointer)
    {
        pointer = null;
        return address % alignment == 0 && _memory.TryGetPointer(address, (ulong)length, out pointer);
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Size); writer.Write(Enabled); writer.Write(DescriptorAddress); writer.Write(DriverAddress); writer.Write(DeviceAddress);
        writer.Write(Vector); writer.Write(_nextAvailable); writer.Write(_nextUsed); writer.Write(Error ?? "");
    }

    internal void Load(BinaryReader reader)
    {
        Reset();
        ushort size = reader.ReadUInt16();
        SetSize(size);
        if (Size != size) throw new InvalidDataException($"A virtqueue of {size} descriptors.");
        bool enabled = reader.ReadBoolean();
        DescriptorAddress = reader.ReadUInt64(); DriverAddress = reader.ReadUInt64(); DeviceAddress = reader.ReadUInt64();
        Vector = reader.ReadUInt16(); _nextAvailable = reader.ReadUInt16(); _nextUsed = reader.ReadUInt16();
        string error = reader.ReadString();
        if (enabled && !TryEnable()) throw new InvalidDataException($"A virtqueue where {Error}.");
        if (error.Length > 0) Error = error;
    }
}
