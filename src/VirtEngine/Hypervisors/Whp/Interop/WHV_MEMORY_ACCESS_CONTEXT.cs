using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>An access to memory that is not mapped, or not for this.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WHV_MEMORY_ACCESS_CONTEXT
{
    internal byte InstructionByteCount;
    internal fixed byte Reserved[3];
    internal fixed byte InstructionBytes[16];
    internal uint AccessInfo;
    internal ulong Gpa, Gva;

    /// <summary>What for.</summary>
    internal readonly WHV_MEMORY_ACCESS_TYPE AccessType => (WHV_MEMORY_ACCESS_TYPE)(AccessInfo & 3);
}
