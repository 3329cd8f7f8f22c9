using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_device_attr</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmDeviceAttribute
{
    internal uint Flags, Group;
    internal ulong Attribute;
    internal nint Address;
}
