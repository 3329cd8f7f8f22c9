using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What the hypervisor lets guests see of the processor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_PROCESSOR_FEATURES_BANKS
{
    internal uint BanksCount, Reserved0;
    internal WHV_PROCESSOR_FEATURES Bank0;
    internal WHV_PROCESSOR_FEATURES1 Bank1;
}
