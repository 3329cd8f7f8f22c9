using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_msi</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmMsi
{
    internal uint AddressLow, AddressHigh, Data, Flags, DeviceId;
    private fixed byte _pad[12];
}
