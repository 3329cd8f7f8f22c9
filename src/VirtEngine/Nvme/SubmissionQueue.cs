using System.Runtime.CompilerServices;
using VirtEngine.Memory;

namespace VirtEngine.Nvme;

/// <summary>
/// A submission queue (NVM Express 1.4, 4.1). Commands are taken by the controller's thread alone; the tail is written by the guest's doorbell.
/// </summary>
internal sealed unsafe class SubmissionQueue
{
    private readonly byte* _entries;
    private int _tail;

    private SubmissionQueue(byte* entries, int id, ulong address, int size, CompletionQueue completions)
    {
        _entries = entries;
        (Id, Address, Size, Completions) = (id, address, size, completions);
    }

    /// <summary>Makes a queue on guest memory.</summary>
    /// <returns>False if it does not lie in RAM.</returns>
    internal static bool TryMake(GuestMemory memory, int id, ulong address, int size, CompletionQueue completions, out SubmissionQueue? queue)
    {
        queue = memory.TryGetPointer(address, (ulong)size * NvmeCommand.Size, out byte* entries)
            ? new SubmissionQueue(entries, id, address, size, completions) : null;
        return queue is not null;
    }

    internal int Id { get; }

    internal ulong Address { get; }

    /// <summary>Entries.</summary>
    internal int Size { get; }

    /// <summary>Where its commands complete.</summary>
    internal CompletionQueue Completions { get; }

    /// <summary>The next command to take.</summary>
    internal int Head { get; private set; }

    /// <summary>Where the guest puts its next command.</summary>
    internal int Tail => Volatile.Read(ref _tail);

    internal bool HasCommands => Head != Tail;

    /// <summary>The guest has put commands up to here.</summary>
    /// <returns>False if the queue has no such entry.</returns>
    internal bool TrySetTail(uint tail)
    {
        if (tail >= (uint)Size) return false;
        Volatile.Write(ref _tail, (int)tail);
        return true;
    }

    /// <summary>Takes the next command; there is one.</summary>
    internal NvmeCommand Take()
    {
        // The guest may change the entry while it is read: the copy is checked and used.
        var command = Unsafe.ReadUnaligned<NvmeCommand>(_entries + Head * NvmeCommand.Size);
        Head = Head + 1 == Size ? 0 : Head + 1;
        return command;
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write((ushort)Id); writer.Write((ushort)Completions.Id); writer.Write(Address); writer.Write(Size);
        writer.Write((ushort)Head); writer.Write((ushort)Tail);
    }

    internal static SubmissionQueue Load(BinaryReader reader, GuestMemory memory, int maximumSize, Func<int, CompletionQueue?> find)
    {
        int id = reader.ReadUInt16(), completions = reader.ReadUInt16();
        ulong address = reader.ReadUInt64();
        int size = reader.ReadInt32(), head = reader.ReadUInt16(), tail = reader.ReadUInt16();
        if (find(completions) is not { } target) throw new InvalidDataException($"An NVMe submission queue that completes in queue {completions}.");
        if (size < 2 || size > maximumSize || address % GuestMemory.PageSize != 0 || head >= size || tail >= size
            || !TryMake(memory, id, address, size, target, out var queue))
            throw new InvalidDataException($"An NVMe submission queue of {size} entries at 0x{address:x}.");
        queue!.Head = head;
        queue._tail = tail;
        target.Users++;
        return queue;
    }
}
