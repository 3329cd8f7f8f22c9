using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_userspace_memory_region</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmUserspaceMemoryRegion
{
    internal const uint LogDirtyPages = 1;

    internal uint Slot, Flags;
    internal ulong GuestPhysicalAddress, MemorySize, UserspaceAddress;
}
