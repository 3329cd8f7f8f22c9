using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>
/// A register's value. It is aligned to 16 bytes in the native header, which .NET cannot say: arrays of it are allocated so, or the platform's
/// library crashes on them (see <see cref="WhpRegisterBuffer"/>).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct WHV_REGISTER_VALUE
{
    [FieldOffset(0)] internal ulong Reg64;
    [FieldOffset(8)] internal ulong High64;
    [FieldOffset(0)] internal WHV_X64_SEGMENT_REGISTER Segment;
    [FieldOffset(0)] internal WHV_X64_TABLE_REGISTER Table;
}
