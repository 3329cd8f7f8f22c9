using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software;

/// <content>
/// Loads and stores by linear address. False (or null) means that a fault is raised and nothing was accessed, unless said otherwise.
/// </content>
internal sealed unsafe partial class Cpu
{
    /// <summary>Computes the linear address of <paramref name="op"/>'s memory operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong EffectiveAddress(CpuState* s, Op* op)
    {
        ulong offset = *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)(long)op->Displacement;
        return op->Address == 0 ? offset : CompleteAddress(op, offset);
    }

    /// <inheritdoc cref="EffectiveAddress(CpuState*, Op*)"/>
    internal ulong EffectiveAddress(Op* op) => EffectiveAddress(State, op);

    /// <summary>The same, <paramref name="distance"/> bytes further on: bit strings.</summary>
    internal ulong EffectiveAddress(Op* op, long distance)
    {
        CpuState* s = State;
        ulong offset = *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)(op->Displacement + distance);
        return op->Address == 0 ? offset : CompleteAddress(op, offset);
    }

    /// <summary>The offset of <paramref name="op"/>'s memory operand in its segment: what LEA gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong EffectiveOffset(CpuState* s, Op* op)
    {
        ulong offset = *(ulong*)((byte*)s + op->Base) + (*(ulong*)((byte*)s + op->Index) << op->Scale) + (ulong)(long)op->Displacement;
        return op->Address == 0 ? offset : CompleteOffset(op, offset);
    }

    private static ulong CompleteOffset(Op* op, ulong offset)
    {
        if ((op->Address & AddressKind.FromNextInstruction) != 0) offset += op->NextOffset;
        return (op->Address & AddressKind.Bits16) != 0 ? (ushort)offset : (op->Address & AddressKind.Bits32) != 0 ? (uint)offset : offset;
    }

    private ulong CompleteAddress(Op* op, ulong offset)
    {
        int kind = op->Address;
        if ((kind & AddressKind.FromNextInstruction) != 0) offset += op->NextOffset;
        if ((kind & AddressKind.Bits32) != 0) offset = (uint)offset;
        else if ((kind & AddressKind.Bits16) != 0) offset = (ushort)offset;
        int segment = kind >> AddressKind.SegmentShift;
        return (kind & AddressKind.Legacy) == 0
            ? segment >= SegmentRegister.Fs ? offset + State->SegmentBase[segment] : offset
            : SegmentAddress(segment, (uint)offset, Math.Max((int)op->Size, 1), (op->Prefixes & OpPrefixes.Writes) != 0);
    }

    /// <summary>Loads an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryLoad<TWidth>(CpuState* s, ulong linear, out ulong value) where TWidth : struct, IWidth
    {
        TlbEntry* entry = EntryOf(s->Tlb, linear);
        if (entry->ReadTag == ((linear + (ulong)(TWidth.Bytes - 1)) & PageMask))
        {
            value = TWidth.Load((byte*)linear + entry->Addend);
            return true;
        }
        // Through the state: a local whose address is taken would not live in a register on the fast way either.
        bool loaded = TryLoadSlow(linear, TWidth.Bytes);
        value = s->Loaded;
        return loaded;
    }

    /// <inheritdoc cref="TryLoad{TWidth}(CpuState*, ulong, out ulong)"/>
    internal bool TryLoad<TWidth>(ulong linear, out ulong value) where TWidth : struct, IWidth => TryLoad<TWidth>(State, linear, out value);

    /// <summary>Stores an operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryStore<TWidth>(CpuState* s, ulong linear, ulong value) where TWidth : struct, IWidth
    {
        TlbEntry* entry = EntryOf(s->Tlb, linear);
        if (entry->WriteTag == ((linear + (ulong)(TWidth.Bytes - 1)) & PageMask))
        {
            TWidth.Store((byte*)linear + entry->Addend, value);
            return true;
        }
        return TryStoreSlow(linear, TWidth.Bytes, value);
    }

    /// <inheritdoc cref="TryStore{TWidth}(CpuState*, ulong, ulong)"/>
    internal bool TryStore<TWidth>(ulong linear, ulong value) where TWidth : struct, IWidth => TryStore<TWidth>(State, linear, value);

    /// <summary>
    /// A host pointer to an operand that lies in one page of RAM. Null if there is none: then either a fault is raised
    /// (<see cref="IsFaulting"/>), or the operand crosses a page, is a device's or lies in a page whose writes are watched, and the
    /// copying accesses must be used.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* TryPointer(CpuState* s, ulong linear, int size, bool write)
    {
        TlbEntry* entry = EntryOf(s->Tlb, linear);
        ulong tag = (linear + (ulong)(size - 1)) & PageMask;
        if ((write ? entry->WriteTag : entry->ReadTag) == tag) return (byte*)linear + entry->Addend;
        return TryPointerSlow(linear, size, write);
    }

    /// <inheritdoc cref="TryPointer(CpuState*, ulong, int, bool)"/>
    internal byte* TryPointer(ulong linear, int size, bool write) => TryPointer(State, linear, size, write);

    /// <summary>
    /// A host pointer for an interlocked operation, as <see cref="TryPointer(ulong, int, bool)"/>, but also into a page whose writes are
    /// watched: load and store apart would not be atomic against a processor that has got permission to write there meanwhile.
    /// <see cref="EndLocked"/> follows the operation.
    /// </summary>
    internal byte* TryLockedPointer(ulong linear, int size)
    {
        byte* pointer = TryPointer(linear, size, write: true);
        if (pointer != null || IsFaulting || ((linear + (ulong)size - 1) & PageMask) != (linear & PageMask)) return pointer;
        if (!TryTranslate(linear, MemoryAccess.Write, State->Cpl == 3, out ulong physical)) return null;
        return (physical & PageMask) != Services.ApicPage && Memory.TryGetPointer(physical, (ulong)size, out byte* host) ? host : null;
    }

    /// <summary>Says that an interlocked operation wrote where <see cref="TryLockedPointer"/> pointed to.</summary>
    internal void EndLocked(byte* pointer)
    {
        ulong page = (ulong)(pointer - Memory.Pointer) >> GuestMemory.PageShift;
        if (Memory.Pages.MustTrapWrites(page) && Memory.Pages.NotifyWritten(page)) OutdateCurrentBlock();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* TryPointerSlow(ulong linear, int size, bool write)
    {
        if (!IsCanonical(linear)) { RaiseAddressFault(); return null; }
        if (((linear + (ulong)size - 1) & PageMask) != (linear & PageMask)) return null;
        if (!TryTranslate(linear, write ? MemoryAccess.Write : MemoryAccess.Read, State->Cpl == 3, out _)) return null;
        TlbEntry* entry = EntryOf(State->Tlb, linear);
        return (write ? entry->WriteTag : entry->ReadTag) == (linear & PageMask) ? (byte*)linear + entry->Addend : null;
    }

    /// <summary>Makes sure that a store of <paramref name="size"/> bytes will succeed.</summary>
    internal bool TryProbeWrite(ulong linear, int size)
    {
        if (TryPointer(linear, size, write: true) != null) return true;
        if (IsFaulting) return false;
        ulong last = linear + (ulong)size - 1;
        bool user = State->Cpl == 3;
        if (!IsCanonical(last)) return RaiseAddressFault();
        return TryTranslate(linear, MemoryAccess.Write, user, out _)
            && ((linear & PageMask) == (last & PageMask) || TryTranslate(last & PageMask, MemoryAccess.Write, user, out _));
    }

    /// <summary>Copies <paramref name="size"/> bytes (at most 4096) out of guest memory.</summary>
    internal bool TryReadBytes(ulong linear, void* destination, int size)
    {
        byte* pointer = TryPointer(linear, size, write: false);
        if (pointer == null) return !IsFaulting && TryReadBytesSlow(linear, (byte*)destination, size, State->Cpl == 3);
        Unsafe.CopyBlockUnaligned(destination, pointer, (uint)size);
        return true;
    }

    /// <summary>Copies <paramref name="size"/> bytes (at most 4096) into guest memory.</summary>
    internal bool TryWriteBytes(ulong linear, void* source, int size)
    {
        byte* pointer = TryPointer(linear, size, write: true);
        if (pointer == null) return !IsFaulting && TryWriteBytesSlow(linear, (byte*)source, size, State->Cpl == 3);
        Unsafe.CopyBlockUnaligned(pointer, source, (uint)size);
        return true;
    }

    /// <summary>Loads with the processor's own rights: descriptor tables, TSS, page tables.</summary>
    internal bool TryLoadSystem(ulong linear, int size, out ulong value) => TryLoadAs(linear, size, user: false, out value);

    /// <summary>Stores with the processor's own rights.</summary>
    internal bool TryStoreSystem(ulong linear, int size, ulong value) => TryStoreAs(linear, size, user: false, value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryLoadSlow(ulong linear, int size) => TryLoadAs(linear, size, State->Cpl == 3, out State->Loaded);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryStoreSlow(ulong linear, int size, ulong value) => TryStoreAs(linear, size, State->Cpl == 3, value);

    private bool TryLoadAs(ulong linear, int size, bool user, out ulong value)
    {
        ulong buffer = 0;
        bool loaded = TryReadBytesSlow(linear, (byte*)&buffer, size, user);
        value = buffer;
        return loaded;
    }

    private bool TryStoreAs(ulong linear, int size, bool user, ulong value) => TryWriteBytesSlow(linear, (byte*)&value, size, user);

    private bool TryReadBytesSlow(ulong linear, byte* destination, int size, bool user)
    {
        ulong last = linear + (ulong)size - 1;
        if (!IsCanonical(linear) || !IsCanonical(last)) return RaiseAddressFault();
        if (!TryTranslate(linear, MemoryAccess.Read, user, out ulong physical)) return false;
        if ((linear & PageMask) == (last & PageMask))
        {
            ReadPhysical(physical, destination, size);
            return true;
        }
        if (!TryTranslate(last & PageMask, MemoryAccess.Read, user, out ulong second)) return false;
        int first = (int)((last & PageMask) - linear);
        ReadPhysical(physical, destination, first);
        ReadPhysical(second, destination + first, size - first);
        return true;
    }

    private bool TryWriteBytesSlow(ulong linear, byte* source, int size, bool user)
    {
        ulong last = linear + (ulong)size - 1;
        if (!IsCanonical(linear) || !IsCanonical(last)) return RaiseAddressFault();
        if (!TryTranslate(linear, MemoryAccess.Write, user, out ulong physical)) return false;
        if ((linear & PageMask) == (last & PageMask))
        {
            WritePhysical(physical, source, size);
            return true;
        }
        if (!TryTranslate(last & PageMask, MemoryAccess.Write, user, out ulong second)) return false;
        int first = (int)((last & PageMask) - linear);
        WritePhysical(physical, source, first);
        WritePhysical(second, source + first, size - first);
        return true;
    }

    /// <summary>Reads bytes of one page, from RAM or from a device.</summary>
    private void ReadPhysical(ulong physical, byte* destination, int size)
    {
        if ((physical & PageMask) != Services.ApicPage && Memory.TryGetPointer(physical, (ulong)size, out byte* host))
        {
            CopySmall(destination, host, size);
            return;
        }
        MmioAccesses++;
        while (size > 0)
        {
            int part = LargestAccess(physical, size);
            ulong value = (physical & PageMask) == Services.ApicPage
                ? Services.ReadApic((int)(physical & 0xFFF), part) : Bus.ReadMmio(physical, part);
            CopySmall(destination, (byte*)&value, part);
            physical += (ulong)part;
            destination += part;
            size -= part;
        }
    }

    /// <summary>Writes bytes of one page, to RAM or to a device.</summary>
    private void WritePhysical(ulong physical, byte* source, int size)
    {
        if ((physical & PageMask) != Services.ApicPage && Memory.TryGetPointer(physical, (ulong)size, out byte* host))
        {
            ulong page = (ulong)(host - Memory.Pointer) >> GuestMemory.PageShift;
            CopySmall(host, source, size);
            // After the bytes: whoever decodes the page from here on sees them, and whoever did before is outdated now.
            Thread.MemoryBarrier();
            if (Memory.Pages.NotifyWritten(page)) OutdateCurrentBlock();
            return;
        }
        MmioAccesses++;
        while (size > 0)
        {
            int part = LargestAccess(physical, size);
            ulong value = 0;
            CopySmall((byte*)&value, source, part);
            if ((physical & PageMask) == Services.ApicPage) Services.WriteApic((int)(physical & 0xFFF), part, value);
            else Bus.WriteMmio(physical, part, value);
            physical += (ulong)part;
            source += part;
            size -= part;
        }
    }

    /// <summary>Copies with one move where the size allows: an aligned operand is never seen half-written by another processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopySmall(byte* destination, byte* source, int size)
    {
        switch (size)
        {
            case 1: *destination = *source; break;
            case 2: *(ushort*)destination = *(ushort*)source; break;
            case 4: *(uint*)destination = *(uint*)source; break;
            case 8: *(ulong*)destination = *(ulong*)source; break;
            default: NativeMemory.Copy(source, destination, (nuint)size); break;
        }
    }

    // The largest naturally aligned access that a device can be given.
    private static int LargestAccess(ulong physical, int size) =>
        (physical & 7) == 0 && size >= 8 ? 8 : (physical & 3) == 0 && size >= 4 ? 4 : (physical & 1) == 0 && size >= 2 ? 2 : 1;
}
