using VirtEngine.Bus;

namespace VirtEngine.Pci;

/// <summary>
/// Function 0:0.0. It is Red Hat's generic host bridge (1B36:0008), for which operating systems have neither driver nor quirk; bridges of real
/// chipsets would bring the workarounds for their errata.
/// </summary>
internal sealed class HostBridge(GuestBus bus) : PciFunction(bus, new PciIdentity(0x1B36, 0x0008, Class: 0x060000, SubsystemVendor: 0x1AF4, Subsystem: 0x1100), "pci.host");
