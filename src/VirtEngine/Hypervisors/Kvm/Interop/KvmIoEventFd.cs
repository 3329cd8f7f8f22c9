using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_ioeventfd</c> (linux/kvm.h). A length of 0 is any.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmIoEventFd
{
    internal const uint Deassign = 1 << 2;

    internal ulong DataMatch, Address;
    internal uint Length;
    internal int Descriptor;
    internal uint Flags;
    private fixed byte _pad[36];
}
