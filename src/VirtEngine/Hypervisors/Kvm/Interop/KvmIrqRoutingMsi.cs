using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_irq_routing_entry, with its member msi</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmIrqRoutingMsi
{
    internal const uint TypeMsi = 2;

    internal uint Gsi, Type, Flags, Pad, AddressLow, AddressHigh, Data, DeviceId;
    private fixed uint _union[4];
}
