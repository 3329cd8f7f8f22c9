using System.Runtime.InteropServices;
using VirtEngine.Bus;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm;

// Doorbells that the kernel rings (KVM_IOEVENTFD, Documentation/virt/kvm/api.rst 4.59): the processor does not leave it. A length of 0 takes
// stores of every size; on Intel such a store is not even decoded.
internal sealed unsafe partial class KvmPartition
{
    /// <inheritdoc/>
    /// <exception cref="KvmException">The kernel refused for another reason than room.</exception>
    public bool TryBindDoorbell(ulong address, Doorbell doorbell)
    {
        if (doorbell is not EventFdDoorbell counter || _machine.Check(KvmCapability.KVM_CAP_IOEVENTFD_ANY_LENGTH) <= 0) return false;
        var binding = new KvmIoEventFd { Address = address, Descriptor = counter.Descriptor };
        if (_machine.TryCall(KvmRequest.KVM_IOEVENTFD, (nint)(&binding)) >= 0) return true;
        return Marshal.GetLastPInvokeError() == Libc.ENOSPC ? false : throw KvmException.Last(KvmRequest.KVM_IOEVENTFD);
    }

    /// <inheritdoc/>
    public void ReleaseDoorbell(ulong address, Doorbell doorbell)
    {
        var binding = new KvmIoEventFd { Address = address, Descriptor = ((EventFdDoorbell)doorbell).Descriptor, Flags = KvmIoEventFd.Deassign };
        _machine.Call(KvmRequest.KVM_IOEVENTFD, ref binding);
    }
}
