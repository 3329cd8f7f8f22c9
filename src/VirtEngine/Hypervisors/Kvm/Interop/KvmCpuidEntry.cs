using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_cpuid_entry2</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmCpuidEntry
{
    internal const uint SignificantIndex = 1;

    internal uint Function, Index, Flags, Eax, Ebx, Ecx, Edx;
    private readonly uint _padding0, _padding1, _padding2;
}
