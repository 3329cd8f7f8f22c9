using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary>
/// <c>struct kvm_run</c> (linux/kvm.h): the page that a virtual processor shares with the kernel. Of the union only the members of exits that
/// are answered are here.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct KvmRun
{
    [FieldOffset(0)] internal byte RequestInterruptWindow;
    [FieldOffset(1)] internal byte ImmediateExit;
    [FieldOffset(8)] internal KvmExitReason ExitReason;
    [FieldOffset(12)] internal byte ReadyForInterruptInjection;

    [FieldOffset(32)] internal ulong HardwareReason;
    [FieldOffset(32)] internal KvmRunIo Io;
    [FieldOffset(32)] internal KvmRunMmio Mmio;
    [FieldOffset(32)] internal KvmRunInternalError InternalError;
    [FieldOffset(32)] internal KvmRunMsr Msr;
    [FieldOffset(32)] internal byte EndOfInterruptVector;
}
