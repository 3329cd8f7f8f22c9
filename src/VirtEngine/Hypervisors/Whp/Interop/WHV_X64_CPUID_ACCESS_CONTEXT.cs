using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>CPUID.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_X64_CPUID_ACCESS_CONTEXT
{
    internal ulong Rax, Rcx, Rdx, Rbx, DefaultResultRax, DefaultResultRcx, DefaultResultRdx, DefaultResultRbx;
}
