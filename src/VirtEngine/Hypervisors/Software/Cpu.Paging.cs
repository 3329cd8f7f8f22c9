using System.Runtime.CompilerServices;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software;

/// <content>Linear to physical: the page walk and the TLB (Intel SDM vol. 3, chapter 4).</content>
internal sealed unsafe partial class Cpu
{
    internal const int TlbSize = 1024;
    private const ulong PageMask = ~0xFFFul;

    private const ulong PtePresent = 1, PteWrite = 2, PteUser = 4, PteAccessed = 0x20, PteDirty = 0x40, PteLarge = 0x80, PteNoExecute = 1ul << 63;
    private const ulong PteAddress = 0x000F_FFFF_FFFF_F000;

    // Error code of a page fault.
    private const uint FaultPresent = 1, FaultWrite = 2, FaultUser = 4, FaultReserved = 8, FaultFetch = 16;

    /// <summary>Physical address bits that CPUID reports; higher bits in entries are reserved.</summary>
    internal const int PhysicalAddressBits = 40;

    private const ulong PteReserved = PteAddress & ~((1ul << PhysicalAddressBits) - 1);

    // Supervisor's, then user's: an entry's permissions are those of the privilege it was walked with.
    private readonly TlbEntry* _tlbs;

    // Where large pages were translated, in the lower and the upper half of the address space: INVLPG there flushes everything.
    private bool _largeLow, _largeHigh;

    /// <summary>Whether translations are kept. Without, every access walks the guest's page tables, and other processors may change them unseen.</summary>
    internal bool CachesTranslations { get; init; } = true;

    /// <summary>Identifies the address space, privilege and code size that the jump cache's entries are valid for.</summary>
    internal ulong Context;

    private ulong _generation;

    /// <summary>Forgets all translations.</summary>
    internal void FlushTlb()
    {
        for (TlbEntry* entry = _tlbs; entry < _tlbs + 2 * TlbSize; entry++)
            entry->ReadTag = entry->WriteTag = entry->FetchTag = TlbEntry.None;
        _largeLow = _largeHigh = false;
        NewContext();
    }

    /// <summary>Forgets one page's translation.</summary>
    internal void InvalidatePage(ulong linear)
    {
        if ((long)linear < 0 ? _largeHigh : _largeLow) { FlushTlb(); return; }
        int index = (int)(linear >> GuestMemory.PageShift) & (TlbSize - 1);
        foreach (int at in (ReadOnlySpan<int>)[index, index + TlbSize])
            _tlbs[at].ReadTag = _tlbs[at].WriteTag = _tlbs[at].FetchTag = TlbEntry.None;
        NewContext();
    }

    /// <summary>Drops permission to write to a page of RAM (or to all, for <see cref="ulong.MaxValue"/>); from any thread.</summary>
    internal void ProtectPage(ulong page)
    {
        nint host = (nint)(Memory.Pointer + (page << GuestMemory.PageShift));
        for (TlbEntry* entry = _tlbs; entry < _tlbs + 2 * TlbSize; entry++)
        {
            ulong tag = Volatile.Read(ref entry->WriteTag);
            if (tag != TlbEntry.None && (page == ulong.MaxValue || (nint)tag + entry->Addend == host))
                Volatile.Write(ref entry->WriteTag, TlbEntry.None);
        }
    }

    private void NewContext()
    {
        _generation++;
        UpdateContext();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TlbEntry* EntryOf(TlbEntry* tlb, ulong linear) =>
        (TlbEntry*)((byte*)tlb + ((linear >> (GuestMemory.PageShift - 5)) & ((TlbSize - 1) << 5)));

    /// <summary>Whether all bits above the 47th equal it. Linear addresses of legacy modes have 32 bits and are canonical.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsCanonical(ulong linear) => (ulong)((long)(linear << 16) >> 16) == linear;

    /// <summary>
    /// Translates one byte's address and, where the access can go straight to RAM from now on, enters the page into the TLB.
    /// </summary>
    /// <param name="linear">The address; canonical.</param>
    /// <param name="access">What for.</param>
    /// <param name="user">With the rights of CPL 3; system accesses (descriptor tables, TSS) are never.</param>
    /// <param name="physical">The physical address.</param>
    /// <returns>False if a page fault has been raised.</returns>
    private bool TryTranslate(ulong linear, MemoryAccess access, bool user, out ulong physical)
    {
        bool large = false;
        if ((State->Cr0 & ControlBits.Cr0Pg) == 0) physical = linear;
        else if (!TryWalk(linear, access, user, out physical, out large)) return false;

        if (!CachesTranslations || !Memory.TryGetOffset(physical, out ulong offset) || (physical & PageMask) == Services.ApicPage) return true;
        if (large)
        {
            if ((long)linear < 0) _largeHigh = true;
            else _largeLow = true;
        }
        ulong tag = linear & PageMask;
        ulong page = offset >> GuestMemory.PageShift;
        TlbEntry* entry = EntryOf(user ? _tlbs + TlbSize : _tlbs, linear);
        nint addend = (nint)(Memory.Pointer + (page << GuestMemory.PageShift)) - (nint)tag;
        if (entry->ReadTag != tag || entry->Addend != addend)
        {
            entry->WriteTag = entry->FetchTag = TlbEntry.None;
            entry->Addend = addend;
            entry->ReadTag = tag;
        }
        if (access == MemoryAccess.Fetch) entry->FetchTag = tag;
        else if (access == MemoryAccess.Write && !Memory.Pages.MustTrapWrites(page))
        {
            Interlocked.Exchange(ref entry->WriteTag, tag);
            // Another processor may have begun to decode the page between the check and the entry.
            if (Memory.Pages.MustTrapWrites(page)) entry->WriteTag = TlbEntry.None;
        }
        return true;
    }

    private bool TryWalk(ulong linear, MemoryAccess access, bool user, out ulong physical, out bool large)
    {
        if ((State->Cr4 & ControlBits.Cr4Pae) == 0) return TryWalk32(linear, access, user, out physical, out large);

    Again:
        bool noExecute = (State->Efer & ControlBits.EferNxe) != 0;
        bool longMode = (State->Efer & ControlBits.EferLma) != 0;
        ulong reserved = PteReserved | (noExecute ? 0 : PteNoExecute);
        ulong allowed = PteWrite | PteUser;
        ulong forbidden = 0;
        ulong table = longMode ? State->Cr3 & PteAddress : State->Cr3 & 0xFFFF_FFE0;
        large = false;
        for (int shift = longMode ? 39 : 30; ; shift -= 9)
        {
            ulong index = linear >> shift & (shift == 30 && !longMode ? 3ul : 511ul);
            ulong at = table + index * 8;
            ulong* slot = PhysicalPointer(at);
            ulong entry = slot == null ? ulong.MaxValue : Volatile.Read(ref *slot);
            if ((entry & PtePresent) == 0) { physical = 0; return RaisePageFault(linear, access, user, 0); }
            bool pointer = shift == 30 && !longMode; // a PAE page-directory pointer has no rights and no accessed bit
            bool leaf = shift == 12 || (shift is 21 or 30 && !pointer && (entry & PteLarge) != 0);
            ulong alsoReserved = pointer ? 0x1E6 | PteNoExecute : shift == 39 ? PteLarge : leaf && shift > 12 ? ((1ul << shift) - 1) & 0xFFFF_E000 : 0;
            if ((entry & (reserved | alsoReserved)) != 0)
            {
                physical = 0;
                return RaisePageFault(linear, access, user, FaultPresent | FaultReserved);
            }
            if (!pointer)
            {
                allowed &= entry;
                forbidden |= entry & PteNoExecute;
            }
            if (!leaf)
            {
                if (!pointer && (entry & PteAccessed) == 0 && !TrySetPteBits(at, slot, entry, PteAccessed)) goto Again;
                table = entry & PteAddress;
                continue;
            }
            if (!IsAllowed(allowed, forbidden != 0, access, user)) { physical = 0; return RaisePageFault(linear, access, user, FaultPresent); }
            ulong wanted = access == MemoryAccess.Write ? PteAccessed | PteDirty : PteAccessed;
            if ((entry & wanted) != wanted && !TrySetPteBits(at, slot, entry, wanted)) goto Again;
            ulong pageBytes = 1ul << shift;
            physical = (entry & PteAddress & ~(pageBytes - 1)) | (linear & (pageBytes - 1));
            large = shift > 12;
            return true;
        }
    }

    private bool TryWalk32(ulong linear, MemoryAccess access, bool user, out ulong physical, out bool large)
    {
    Again:
        ulong allowed = PteWrite | PteUser;
        ulong table = State->Cr3 & 0xFFFF_F000;
        physical = 0;
        large = false;
        for (int shift = 22; ; shift -= 10)
        {
            ulong at = table + (linear >> shift & 1023) * 4;
            uint* slot = (uint*)PhysicalPointer(at);
            uint entry = slot == null ? uint.MaxValue : Volatile.Read(ref *slot);
            if ((entry & PtePresent) == 0) return RaisePageFault(linear, access, user, 0);
            bool leaf = shift == 12 || ((entry & PteLarge) != 0 && (State->Cr4 & ControlBits.Cr4Pse) != 0);
            allowed &= entry;
            uint wanted = (uint)(leaf && access == MemoryAccess.Write ? PteAccessed | PteDirty : PteAccessed);
            if (leaf)
            {
                if (shift == 22 && (entry & 0x0020_0000) != 0) return RaisePageFault(linear, access, user, FaultPresent | FaultReserved);
                if (!IsAllowed(allowed, false, access, user)) return RaisePageFault(linear, access, user, FaultPresent);
            }
            if ((entry & wanted) != wanted && slot != null)
            {
                if (Interlocked.CompareExchange(ref *slot, entry | wanted, entry) != entry) goto Again;
                Memory.NotifyWritten(at, 4);
            }
            if (!leaf) { table = entry & 0xFFFF_F000; continue; }
            // With PSE-36 bits 13–20 of a 4 MiB entry are address bits 32–39.
            physical = shift == 22
                ? (entry & 0xFFC0_0000) | (ulong)(entry >> 13 & 0xFF) << 32 | (linear & 0x3F_FFFF)
                : (entry & 0xFFFF_F000) | (linear & 0xFFF);
            large = shift == 22;
            return true;
        }
    }

    private bool IsAllowed(ulong allowed, bool noExecute, MemoryAccess access, bool user)
    {
        if (user)
        {
            if ((allowed & PteUser) == 0) return false;
            if (access == MemoryAccess.Write) return (allowed & PteWrite) != 0;
        }
        else
        {
            if (access == MemoryAccess.Write) return (allowed & PteWrite) != 0 || (State->Cr0 & ControlBits.Cr0Wp) == 0;
            if (access == MemoryAccess.Fetch && (allowed & PteUser) != 0 && (State->Cr4 & ControlBits.Cr4Smep) != 0) return false;
        }
        return access != MemoryAccess.Fetch || !noExecute;
    }

    /// <summary>
    /// Sets accessed and dirty bits of the entry that the walk has seen. Another processor may have replaced it meanwhile, and then it must not
    /// be touched: what a kernel keeps in an entry that is not present is its own.
    /// </summary>
    /// <returns>False if the entry has changed: the walk begins anew.</returns>
    private bool TrySetPteBits(ulong at, ulong* slot, ulong entry, ulong bits)
    {
        if (slot == null) return true;
        if (Interlocked.CompareExchange(ref *slot, entry | bits, entry) != entry) return false;
        Memory.NotifyWritten(at, 8);
        return true;
    }

    private ulong* PhysicalPointer(ulong physical) => Memory.TryGetPointer(physical, 8, out byte* host) ? (ulong*)host : null;

    private bool RaisePageFault(ulong linear, MemoryAccess access, bool user, uint why)
    {
        bool reportFetch = (State->Efer & ControlBits.EferNxe) != 0 || (State->Cr4 & ControlBits.Cr4Smep) != 0;
        uint code = why | (access == MemoryAccess.Write ? FaultWrite : 0) | (user ? FaultUser : 0)
            | (access == MemoryAccess.Fetch && reportFetch ? FaultFetch : 0);
        FaultAddress = linear;
        return Raise(ExceptionVector.PageFault, code);
    }
}
