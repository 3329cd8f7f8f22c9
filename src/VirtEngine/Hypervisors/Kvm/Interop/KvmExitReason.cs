namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>KVM_EXIT_*</c> (linux/kvm.h), those that a processor with its local APIC in the kernel can have.</summary>
internal enum KvmExitReason : uint
{
    Unknown = 0,
    Exception = 1,
    Io = 2,
    Hypercall = 3,
    Debug = 4,
    Halt = 5,
    Mmio = 6,
    InterruptWindowOpen = 7,
    Shutdown = 8,
    FailEntry = 9,
    Interrupted = 10,
    SetTaskPriority = 11,
    InternalError = 17,
    SystemEvent = 24,
    IoApicEndOfInterrupt = 26,
    ReadMsr = 29,
    WriteMsr = 30,
    DirtyRingFull = 31,
    BusLock = 33,
}
