using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>The head of Linux's <c>struct statx</c> (256 bytes; linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    internal const ushort TypeMask = 0xf000, DirectoryType = 0x4000;

    [FieldOffset(20)]
    internal uint Uid;

    [FieldOffset(24)]
    internal uint Gid;

    [FieldOffset(28)]
    internal ushort Mode;
}
