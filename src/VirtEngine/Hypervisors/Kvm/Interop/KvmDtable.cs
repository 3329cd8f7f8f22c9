using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_dtable</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmDtable
{
    internal ulong Base;
    internal ushort Limit;
    private readonly ushort _padding0, _padding1, _padding2;
}
