using System.Runtime.InteropServices;

namespace VirtEngine.Disks;

/// <summary>A run of memory, as the C library's <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BlockSegment(byte* pointer, nuint length)
{
    /// <summary>First byte.</summary>
    internal byte* Pointer = pointer;

    /// <summary>Bytes.</summary>
    internal nuint Length = length;
}
