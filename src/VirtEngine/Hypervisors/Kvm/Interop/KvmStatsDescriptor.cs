using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_stats_desc</c> (linux/kvm.h), which its name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmStatsDescriptor
{
    internal uint Flags;
    internal short Exponent;
    internal ushort Size;

    /// <summary>Of the value, from the header's <see cref="KvmStatsHeader.DataOffset"/> on.</summary>
    internal uint Offset;
    internal uint BucketSize;
}
