using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtEngine.Memory;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// One processor's ring of pages that it has written (Documentation/virt/kvm/api.rst, 8.29): KVM fills entries in, we read them in the same order
/// and give them back. One thread at a time.
/// </summary>
internal sealed unsafe class KvmDirtyRing : IDisposable
{
    private readonly KvmDirtyGfn* _entries;
    private readonly nuint _bytes;
    private readonly uint _mask;
    private uint _next;
    private bool _isGone;

    /// <summary>Maps it.</summary>
    /// <param name="processor">The processor's descriptor.</param>
    /// <param name="count">Entries, as the machine was told: a power of two.</param>
    /// <exception cref="KvmException">It cannot be mapped.</exception>
    internal KvmDirtyRing(KvmHandle processor, int count)
    {
        _bytes = (nuint)count * (nuint)sizeof(KvmDirtyGfn);
        _mask = (uint)count - 1;
        nint address = Libc.Mmap(
            0, _bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, processor.Descriptor, (long)KvmDirtyGfn.PageOffset * Environment.SystemPageSize);
        if (address == Libc.MapFailed) throw new KvmException($"KVM's ring of written pages cannot be mapped: {Marshal.GetLastPInvokeErrorMessage()}.");
        _entries = (KvmDirtyGfn*)address;
    }

    /// <summary>Tells the memory's page tracker of the pages in the ring, and marks their entries as read.</summary>
    /// <returns>How many there were. KVM_RESET_DIRTY_RINGS must follow before anybody reads those pages.</returns>
    /// <exception cref="KvmException">KVM has used the entries that it keeps back: pages may be lost.</exception>
    internal int Harvest(GuestMemory memory)
    {
        var regions = memory.Regions;
        int count = 0;
        // Never more than there are: KVM fills in none again before it is reset.
        for (; count <= _mask; count++)
        {
            ref var entry = ref _entries[_next & _mask];
            if (Volatile.Read(ref entry.Flags) != KvmDirtyGfn.Dirty) break;
            if (entry.Slot < regions.Count && entry.Offset < regions[(int)entry.Slot].Length / GuestMemory.PageSize)
                memory.Pages.NotifyWritten(regions[(int)entry.Slot].Offset / GuestMemory.PageSize + entry.Offset);
            Volatile.Write(ref entry.Flags, KvmDirtyGfn.Reset);
            _next++;
        }
        // A processor leaves the guest before its ring is full to the last. A KVM without hardware underneath has been seen to go on in a circle.
        if (count > _mask) throw new KvmException($"KVM has filled a ring of {count} written pages to the last and may have lost some.");
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isGone) return;
        _isGone = true;
        _ = Libc.Munmap((nint)_entries, _bytes);
    }
}
