using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>An interrupt message: type in bits 0 to 7, destination mode in 8 to 11 (1: logical), trigger mode in 12 to 15 (1: level).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_INTERRUPT_CONTROL
{
    internal ulong Control;
    internal uint Destination, Vector;
}
