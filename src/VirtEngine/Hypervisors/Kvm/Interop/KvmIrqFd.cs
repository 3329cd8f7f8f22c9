using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_irqfd</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmIrqFd
{
    internal const uint Deassign = 1;

    internal uint Fd, Gsi, Flags, ResampleFd;
    private fixed byte _pad[16];
}
