using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>kvm_run.mmio</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmRunMmio
{
    internal ulong PhysicalAddress;
    internal ulong Data;
    internal uint Length;
    internal byte IsWrite;
}
