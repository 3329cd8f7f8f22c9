using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>A segment register. The attributes are those of a descriptor's high word, bits 8 to 23.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_X64_SEGMENT_REGISTER
{
    internal ulong Base;
    internal uint Limit;
    internal ushort Selector, Attributes;
}
