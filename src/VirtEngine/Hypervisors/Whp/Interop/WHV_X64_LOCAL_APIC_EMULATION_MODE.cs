namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>Which local APIC the hypervisor has for the guest.</summary>
internal enum WHV_X64_LOCAL_APIC_EMULATION_MODE : uint
{
    WHvX64LocalApicEmulationModeNone = 0,
    WHvX64LocalApicEmulationModeXApic = 1,
    WHvX64LocalApicEmulationModeX2Apic = 2,
}
