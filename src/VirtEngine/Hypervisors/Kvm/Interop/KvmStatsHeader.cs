using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_stats_header</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmStatsHeader
{
    /// <summary><see cref="NameSize"/>: bytes of a descriptor's name, with its zeroes. Offsets are those in the file.</summary>
    internal uint Flags, NameSize, DescriptorCount, IdOffset, DescriptorOffset, DataOffset;
}
