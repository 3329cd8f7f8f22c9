using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>The answer to a CPUID leaf.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WHV_X64_CPUID_RESULT
{
    internal uint Function;
    internal fixed uint Reserved[3];
    internal uint Eax, Ebx, Ecx, Edx;
}
