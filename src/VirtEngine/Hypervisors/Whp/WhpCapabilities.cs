using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WHV_CAPABILITY_CODE;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>What a host's platform can do.</summary>
/// <param name="HypervisorPresent">Whether Hyper-V's hypervisor runs, and lets this program at it.</param>
/// <param name="Features">Of the platform.</param>
/// <param name="Exits">Exits that can be asked for.</param>
/// <param name="Bank0">Of the processor.</param>
/// <param name="Bank1">Of the processor, more.</param>
/// <param name="TscHz">Rate of guests' time-stamp counter in Hz.</param>
/// <param name="ApicTimerHz">Rate of the local APIC's timer in Hz.</param>
internal sealed record WhpCapabilities(
    bool HypervisorPresent, WHV_CAPABILITY_FEATURES Features, WHV_EXTENDED_VM_EXITS Exits, WHV_PROCESSOR_FEATURES Bank0, WHV_PROCESSOR_FEATURES1 Bank1,
    long TscHz, long ApicTimerHz)
{
    /// <summary>What the backend cannot do without.</summary>
    internal const WHV_CAPABILITY_FEATURES NeededFeatures =
        WHV_CAPABILITY_FEATURES.LocalApicEmulation | WHV_CAPABILITY_FEATURES.Xsave | WHV_CAPABILITY_FEATURES.DirtyPageTracking;

    /// <inheritdoc cref="NeededFeatures"/>
    internal const WHV_EXTENDED_VM_EXITS NeededExits = WHV_EXTENDED_VM_EXITS.X64CpuidExit | WHV_EXTENDED_VM_EXITS.X64MsrExit;

    /// <summary>Asks this host.</summary>
    /// <exception cref="WhpException">The platform is there but too old to tell.</exception>
    /// <exception cref="DllNotFoundException">The optional feature is not installed.</exception>
    internal static unsafe WhpCapabilities Read()
    {
        int present = 0;
        Ask(WHvCapabilityCodeHypervisorPresent, &present, sizeof(int));
        if (present == 0) return new(false, 0, 0, 0, 0, 0, 0);
        ulong features = 0, exits = 0, tsc = 0, apic = 0;
        Ask(WHvCapabilityCodeFeatures, &features, sizeof(ulong));
        Ask(WHvCapabilityCodeExtendedVmExits, &exits, sizeof(ulong));
        Ask(WHvCapabilityCodeProcessorClockFrequency, &tsc, sizeof(ulong));
        Ask(WHvCapabilityCodeInterruptClockFrequency, &apic, sizeof(ulong));
        WHV_PROCESSOR_FEATURES_BANKS banks = default;
        Ask(WHvCapabilityCodeProcessorFeaturesBanks, &banks, sizeof(WHV_PROCESSOR_FEATURES_BANKS));
        return new(true, (WHV_CAPABILITY_FEATURES)features, (WHV_EXTENDED_VM_EXITS)exits, banks.Bank0, banks.Bank1, (long)tsc, (long)apic);
    }

    private static unsafe void Ask(WHV_CAPABILITY_CODE code, void* buffer, int size)
    {
        uint written;
        int result = WinHvPlatform.WHvGetCapability(code, buffer, (uint)size, &written);
        if (result < 0) throw new WhpException($"WHvGetCapability({code})", result);
    }
}
