namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary>What a KVM may have, under its own names (linux/kvm.h).</summary>
internal enum KvmCapability
{
    KVM_CAP_IRQCHIP = 0,
    KVM_CAP_USER_MEMORY = 3,
    KVM_CAP_VCPU_EVENTS = 41,
    KVM_CAP_TSC_CONTROL = 60,
    KVM_CAP_MAX_VCPUS = 66,
    KVM_CAP_TSC_DEADLINE_TIMER = 72,
    KVM_CAP_SIGNAL_MSI = 77,
    KVM_CAP_SPLIT_IRQCHIP = 121,
    KVM_CAP_IOEVENTFD_ANY_LENGTH = 122,
    KVM_CAP_IMMEDIATE_EXIT = 136,
    KVM_CAP_GET_MSR_FEATURES = 153,
    KVM_CAP_X86_USER_SPACE_MSR = 188,
    KVM_CAP_ENFORCE_PV_FEATURE_CPUID = 190,
}
