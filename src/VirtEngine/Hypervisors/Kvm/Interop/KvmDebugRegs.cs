using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_debugregs</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmDebugRegs
{
    internal fixed ulong Db[4];
    internal ulong Dr6, Dr7, Flags;
    private fixed ulong _reserved[9];
}
