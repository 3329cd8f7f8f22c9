namespace VirtEngine.Pci;

/// <summary>Offsets in a type 0 configuration header (PCI Local Bus 3.0, 6.1) and bits of its registers.</summary>
internal static class PciRegister
{
    internal const int VendorId = 0x00, DeviceId = 0x02, Command = 0x04, Status = 0x06, Revision = 0x08, ClassCode = 0x09, HeaderType = 0x0E,
        FirstBar = 0x10, SubsystemVendorId = 0x2C, SubsystemId = 0x2E, Capabilities = 0x34, InterruptLine = 0x3C, InterruptPin = 0x3D;

    internal const ushort MemorySpace = 1 << 1, BusMaster = 1 << 2, ParityResponse = 1 << 6, SystemError = 1 << 8, InterruptDisable = 1 << 10;
    internal const ushort InterruptStatus = 1 << 3, CapabilityList = 1 << 4;
}
