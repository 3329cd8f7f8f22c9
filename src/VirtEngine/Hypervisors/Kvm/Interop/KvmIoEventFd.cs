using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_ioeventfd</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmIoEventFd
{
    internal const uint DataMatch = 1, PortIo = 2, Deassign = 4;

    internal ulong DataMatchValue, Address;
    internal uint Length;
    internal int Fd;
    internal uint Flags;
    private fixed byte _pad[36];
}
