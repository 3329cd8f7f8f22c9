using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>The host's KVM: <c>/dev/kvm</c>, open (Linux, Documentation/virt/kvm/api.rst).</summary>
internal sealed unsafe class KvmSystem : IDisposable
{
    private const string Device = "/dev/kvm";
    private const int ApiVersion = 12, MostCpuidEntries = 256;

    // Without them this backend cannot work; each with the kernel that brought it.
    private static readonly (KvmCapability Capability, string Since)[] Needed =
    [
        (KvmCapability.KVM_CAP_IRQCHIP, "2.6.20"), (KvmCapability.KVM_CAP_USER_MEMORY, "2.6.25"), (KvmCapability.KVM_CAP_VCPU_EVENTS, "2.6.33"),
        (KvmCapability.KVM_CAP_SIGNAL_MSI, "3.5"), (KvmCapability.KVM_CAP_TSC_DEADLINE_TIMER, "3.2"), (KvmCapability.KVM_CAP_SPLIT_IRQCHIP, "4.4"),
        (KvmCapability.KVM_CAP_IMMEDIATE_EXIT, "4.13"), (KvmCapability.KVM_CAP_X86_USER_SPACE_MSR, "5.10"),
    ];

    private KvmSystem(KvmHandle handle) => Handle = handle;

    internal KvmHandle Handle { get; }

    /// <summary>Virtual processors that one machine may have.</summary>
    internal int MaximumProcessors => Handle.Check(KvmCapability.KVM_CAP_MAX_VCPUS);

    /// <summary>Whether a guest's time-stamp counter may run at another rate than the host's.</summary>
    internal bool ScalesTsc => Handle.Check(KvmCapability.KVM_CAP_TSC_CONTROL) > 0;

    /// <summary>Opens it.</summary>
    /// <exception cref="KvmException">There is none, it may not be used, or it is too old: the message says what to do.</exception>
    internal static KvmSystem Open()
    {
        if (!OperatingSystem.IsLinux()) throw new KvmException("KVM is a part of Linux.");
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) throw new KvmException("The KVM backend needs an x64 host.");
        int descriptor = Libc.Open(Device, Libc.O_RDWR | Libc.O_CLOEXEC);
        if (descriptor < 0) throw new KvmException(WhyNot(Marshal.GetLastPInvokeError()));
        var system = new KvmSystem(new KvmHandle(descriptor));
        try
        {
            system.Check();
            return system;
        }
        catch
        {
            system.Dispose();
            throw;
        }
    }

    /// <summary>The CPUID leaves that a guest may be shown here.</summary>
    internal KvmCpuidEntry[] GetSupportedCpuid()
    {
        using var list = new KvmList<KvmCpuidEntry>(MostCpuidEntries);
        Handle.Call(KvmRequest.KVM_GET_SUPPORTED_CPUID, list.Pointer);
        return [.. list.Entries];
    }

    /// <summary>What the host tells guests in a register about the processor's features; 0 where it has none.</summary>
    internal ulong ReadFeatureMsr(uint register)
    {
        if (Handle.Check(KvmCapability.KVM_CAP_GET_MSR_FEATURES) <= 0) return 0;
        using var list = new KvmList<KvmMsrEntry>(1);
        list.Entries[0].Index = register;
        return Handle.Call(KvmRequest.KVM_GET_MSRS, list.Pointer) == 1 ? list.Entries[0].Data : 0;
    }

    /// <summary>The rate of the host's time-stamp counter, which only a processor tells.</summary>
    internal long ReadTscHz()
    {
        using var machine = new KvmHandle(Handle.Call(KvmRequest.KVM_CREATE_VM));
        using var processor = new KvmHandle(machine.Call(KvmRequest.KVM_CREATE_VCPU));
        return processor.Call(KvmRequest.KVM_GET_TSC_KHZ) * 1000L;
    }

    private void Check()
    {
        int version = Handle.Call(KvmRequest.KVM_GET_API_VERSION);
        if (version != ApiVersion) throw new KvmException($"{Device} has the API version {version}; needed is {ApiVersion}.");
        foreach (var (capability, since) in Needed)
            if (Handle.Check(capability) <= 0) throw new KvmException($"The host's KVM lacks {capability}, which Linux has since {since}.");
    }

    private static string WhyNot(int error) => error switch
    {
        Libc.ENOENT => $"There is no {Device}: the processor's virtualization is off in the firmware, or the modules kvm_intel and kvm_amd are not loaded.",
        Libc.EACCES => $"{Device} may not be opened: add the user to the group that owns it (usually kvm), and log in anew.",
        _ => $"{Device} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).",
    };

    public void Dispose() => Handle.Dispose();
}
