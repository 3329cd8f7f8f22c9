using System.Runtime.InteropServices;

namespace VirtEngine.Tests.Software.Native;

/// <summary>A case and its result side by side in the memory that is shared with the runner.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeSlot
{
    internal const int HalfSize = 4800;

    internal NativeCase Input;
    internal NativeResult Output;
}
