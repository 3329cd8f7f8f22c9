using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>kvm_run.msr</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmRunMsr
{
    internal byte Error;
    private fixed byte _pad[7];
    internal uint Reason, Index;
    internal ulong Data;
}
