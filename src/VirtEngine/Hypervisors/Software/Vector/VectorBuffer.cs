using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>Room for a copied memory operand, which host code may want at a multiple of 16.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct VectorBuffer
{
    /// <summary>The sixteen aligned bytes of a buffer on the stack.</summary>
    internal static byte* Aligned(VectorBuffer* buffer) => (byte*)(((nint)buffer + 15) & ~15);
}
