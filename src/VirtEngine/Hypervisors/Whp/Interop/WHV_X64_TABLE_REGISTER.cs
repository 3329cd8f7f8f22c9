using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>GDTR or IDTR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WHV_X64_TABLE_REGISTER
{
    internal fixed ushort Pad[3];
    internal ushort Limit;
    internal ulong Base;
}
