using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_vcpu_events</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmVcpuEvents
{
    internal const uint NmiPendingValid = 1, ShadowValid = 4;
    internal const byte ShadowSti = 2;

    internal byte ExceptionInjected, ExceptionNr, ExceptionHasErrorCode, ExceptionPending;
    internal uint ExceptionErrorCode;
    internal byte InterruptInjected, InterruptNr, InterruptSoft, InterruptShadow;
    internal byte NmiInjected, NmiPending, NmiMasked, NmiPad;
    internal uint SipiVector, Flags;
    internal byte SmiSmm, SmiPending, SmiInsideNmi, SmiLatchedInit;
    internal byte TripleFaultPending;
    private fixed byte _reserved[26];
    internal byte ExceptionHasPayload;
    internal ulong ExceptionPayload;
}
