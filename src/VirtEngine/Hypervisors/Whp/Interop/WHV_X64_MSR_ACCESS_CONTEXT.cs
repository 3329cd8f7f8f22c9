using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>RDMSR or WRMSR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_X64_MSR_ACCESS_CONTEXT
{
    internal uint AccessInfo, MsrNumber;
    internal ulong Rax, Rdx;

    /// <summary>WRMSR.</summary>
    internal readonly bool IsWrite => (AccessInfo & 1) != 0;
}
