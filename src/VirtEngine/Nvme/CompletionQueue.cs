using System.Runtime.CompilerServices;
using VirtEngine.Memory;

namespace VirtEngine.Nvme;

/// <summary>
/// A completion queue (NVM Express 1.4, 4.1). Room is reserved when a command is taken, so that its completion always has some. The controller's
/// lock is held around every call.
/// </summary>
internal sealed unsafe class CompletionQueue
{
    internal const int EntrySize = 16;

    private readonly GuestMemory _memory;
    private readonly byte* _entries;
    private int _reserved;

    private CompletionQueue(GuestMemory memory, byte* entries, int id, ulong address, int size, int vector, bool interrupts)
    {
        _memory = memory;
        _entries = entries;
        (Id, Address, Size, Vector, Interrupts) = (id, address, size, vector, interrupts);
    }

    /// <summary>Makes a queue on guest memory.</summary>
    /// <returns>False if it does not lie in RAM.</returns>
    internal static bool TryMake(GuestMemory memory, int id, ulong address, int size, int vector, bool interrupts, out CompletionQueue? queue)
    {
        queue = memory.TryGetPointer(address, (ulong)size * EntrySize, out byte* entries)
            ? new CompletionQueue(memory, entries, id, address, size, vector, interrupts) : null;
        return queue is not null;
    }

    internal int Id { get; }

    internal ulong Address { get; }

    /// <summary>Entries.</summary>
    internal int Size { get; }

    /// <summary>The MSI-X vector that tells of completions.</summary>
    internal int Vector { get; }

    /// <summary>Whether completions are told of.</summary>
    internal bool Interrupts { get; }

    /// <summary>Where the guest reads next.</summary>
    internal int Head { get; private set; }

    /// <summary>Where the next completion goes.</summary>
    internal int Tail { get; private set; }

    /// <summary>The phase bit of the next completion.</summary>
    internal bool Phase { get; private set; } = true;

    /// <summary>Submission queues whose commands complete here.</summary>
    internal int Users { get; set; }

    /// <summary>Whether something was posted that the guest was not told of yet.</summary>
    internal bool IsNews { get; set; }

    /// <summary>Whether the guest has something to read.</summary>
    internal bool HasEntries => Head != Tail;

    /// <summary>Keeps room for one completion.</summary>
    internal bool TryReserve()
    {
        int used = (Tail - Head + Size) % Size;
        if (used + _reserved >= Size - 1) return false;
        _reserved++;
        return true;
    }

    /// <summary>Gives back room that was not needed.</summary>
    internal void Unreserve() => _reserved--;

    /// <summary>The guest has read up to here.</summary>
    /// <returns>False if there was nothing of the kind.</returns>
    internal bool TryAdvanceHead(uint head)
    {
        if (head >= (uint)Size || (head - Head + Size) % Size > (Tail - Head + Size) % Size) return false;
        Head = (int)head;
        return true;
    }

    /// <summary>Posts a completion for which room was reserved.</summary>
    internal void Post(uint result, int submissionHead, int submissionQueue, ushort command, ushort status)
    {
        _reserved--;
        byte* entry = _entries + Tail * EntrySize;
        Unsafe.WriteUnaligned(entry, (ulong)result);
        Unsafe.WriteUnaligned(entry + 8, (uint)submissionHead | (uint)submissionQueue << 16);
        // The phase goes last: with it the entry is the guest's.
        Volatile.Write(ref *(uint*)(entry + 12), command | (Phase ? 1u << 16 : 0) | (uint)status << 17);
        _memory.NotifyWritten(Address + (ulong)(Tail * EntrySize), EntrySize);
        if (++Tail == Size)
        {
            Tail = 0;
            Phase = !Phase;
        }
        IsNews = true;
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write((ushort)Id); writer.Write(Address); writer.Write(Size); writer.Write((ushort)Vector); writer.Write(Interrupts);
        writer.Write((ushort)Head); writer.Write((ushort)Tail); writer.Write(Phase);
    }

    internal static CompletionQueue Load(BinaryReader reader, GuestMemory memory, int maximumSize)
    {
        int id = reader.ReadUInt16();
        ulong address = reader.ReadUInt64();
        int size = reader.ReadInt32(), vector = reader.ReadUInt16();
        bool interrupts = reader.ReadBoolean();
        if (size < 2 || size > maximumSize || address % GuestMemory.PageSize != 0 || !TryMake(memory, id, address, size, vector, interrupts, out var queue))
            throw new InvalidDataException($"An NVMe completion queue of {size} entries at 0x{address:x}.");
        queue!.Head = reader.ReadUInt16();
        queue.Tail = reader.ReadUInt16();
        queue.Phase = reader.ReadBoolean();
        return queue.Head < size && queue.Tail < size ? queue
            : throw new InvalidDataException($"An NVMe completion queue of {size} entries at entries {queue.Head} and {queue.Tail}.");
    }
}
