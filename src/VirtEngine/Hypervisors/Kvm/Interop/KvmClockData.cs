using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_clock_data</c> (linux/kvm.h): the time that kvmclock shows, in nanoseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmClockData
{
    internal ulong Clock;
    internal uint Flags, Padding;
    internal ulong RealTime, HostTsc;
    private fixed uint _reserved[4];
}
