using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_dirty_gfn</c> (linux/kvm.h): an entry of a processor's ring of written pages.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmDirtyGfn
{
    /// <summary>KVM has filled the entry in; and it was read, and KVM may have it back.</summary>
    internal const uint Dirty = 1, Reset = 2;

    /// <summary>Page of a processor's mapping at which its ring begins (asm/kvm.h, KVM_DIRTY_LOG_PAGE_OFFSET).</summary>
    internal const int PageOffset = 64;

    internal uint Flags;

    /// <summary>The slot; in the high half the address space, of which there is one.</summary>
    internal uint Slot;

    /// <summary>The page's number in the slot.</summary>
    internal ulong Offset;
}
