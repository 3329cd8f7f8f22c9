using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>What is used of Linux's <c>struct statx</c> (256 bytes; linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct Statx
{
    internal const ushort TypeMask = 0xf000, PermissionMask = 0xfff;
    internal const ushort DirectoryType = 0x4000, RegularType = 0x8000, LinkType = 0xa000, CharacterType = 0x2000;
    internal const ushort FifoType = 0x1000, BlockType = 0x6000, SocketType = 0xc000;

    /// <summary>STATX_ATTR_*.</summary>
    [FieldOffset(8)]
    internal ulong Attributes;

    [FieldOffset(16)]
    internal uint Links;

    [FieldOffset(20)]
    internal uint Uid;

    [FieldOffset(24)]
    internal uint Gid;

    [FieldOffset(28)]
    internal ushort Mode;

    [FieldOffset(32)]
    internal ulong Inode;

    [FieldOffset(40)]
    internal long Size;

    /// <summary>Blocks of 512 bytes that the content takes.</summary>
    [FieldOffset(48)]
    internal long Blocks;

    [FieldOffset(96)]
    internal StatxTime Changed;

    [FieldOffset(112)]
    internal StatxTime Modified;

    [FieldOffset(128)]
    internal uint DeviceTypeMajor;

    [FieldOffset(132)]
    internal uint DeviceTypeMinor;

    [FieldOffset(136)]
    internal uint DeviceMajor;

    [FieldOffset(140)]
    internal uint DeviceMinor;

    internal readonly ushort Type => (ushort)(Mode & TypeMask);

    internal readonly ulong Device => ((ulong)DeviceMajor << 32) | DeviceMinor;

    /// <summary>Whether it is the device 0/0 that overlayfs records a deletion by.</summary>
    internal readonly bool IsWhiteout => Type == CharacterType && DeviceTypeMajor == 0 && DeviceTypeMinor == 0;
}
