using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_dirty_log</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmDirtyLogQuery
{
    internal uint Slot, Padding;
    internal nint DirtyBitmap;
}
