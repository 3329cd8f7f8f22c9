using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>Linux's <c>struct statx_timestamp</c> (16 bytes; linux/stat.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct StatxTime
{
    internal readonly long Seconds;
    internal readonly uint Nanoseconds;
    private readonly int _reserved;
}
