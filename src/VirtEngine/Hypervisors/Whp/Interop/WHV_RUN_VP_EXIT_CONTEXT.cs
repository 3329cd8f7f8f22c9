using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>Why a processor left the guest, and with what.</summary>
[StructLayout(LayoutKind.Explicit, Size = 224)]
internal struct WHV_RUN_VP_EXIT_CONTEXT
{
    [FieldOffset(0)] internal WHV_RUN_VP_EXIT_REASON ExitReason;
    [FieldOffset(8)] internal WHV_VP_EXIT_CONTEXT VpContext;
    [FieldOffset(48)] internal WHV_MEMORY_ACCESS_CONTEXT MemoryAccess;
    [FieldOffset(48)] internal WHV_X64_IO_PORT_ACCESS_CONTEXT IoPortAccess;
    [FieldOffset(48)] internal WHV_X64_MSR_ACCESS_CONTEXT MsrAccess;
    [FieldOffset(48)] internal WHV_X64_CPUID_ACCESS_CONTEXT CpuidAccess;
    [FieldOffset(48)] internal WHV_X64_UNSUPPORTED_FEATURE_CONTEXT UnsupportedFeature;
    [FieldOffset(48)] internal uint ApicEoi;
}
