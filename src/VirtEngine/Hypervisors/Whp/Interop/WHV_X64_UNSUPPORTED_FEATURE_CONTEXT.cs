using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the guest used that the hypervisor does not have.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_X64_UNSUPPORTED_FEATURE_CONTEXT
{
    internal WHV_X64_UNSUPPORTED_FEATURE_CODE FeatureCode;
    internal uint Reserved;
    internal ulong FeatureParameter;
}
