using VirtEngine.Chipset;
using VirtEngine.Pci;
using static VirtEngine.Acpi.Aml;

namespace VirtEngine.Acpi;

/// <summary>The differentiated definition block: processors, the PCI root with its windows and interrupt routing, the board's devices, S5.</summary>
internal static class Dsdt
{
    /// <summary>The definition block's AML, without the table's header.</summary>
    internal static byte[] Build(AcpiLayout layout) =>
    [
        .. Name("_S5", Package(Integer(PowerManagement.SoftOff), Integer(PowerManagement.SoftOff), Integer(0), Integer(0))),
        .. Scope("_SB", [.. Enumerable.Range(0, layout.Processors).Select(Processor), PciRoot(layout), MotherBoard()]),
    ];

    private static byte[] Processor(int index) =>
        Device($"C{index:X3}", Name("_HID", String("ACPI0007")), Name("_UID", Integer((ulong)index)), Name("_STA", Integer(0xF)));

    private static byte[] PciRoot(AcpiLayout layout) => Device("PCI0",
        Name("_HID", EisaId("PNP0A08")),
        Name("_CID", EisaId("PNP0A03")),
        Name("_UID", Integer(0)),
        Name("_SEG", Integer(0)),
        Name("_BBN", Integer(0)),
        Name("_CRS", AmlResource.Template(
            AmlResource.WordBusNumber(0, 0),
            AmlResource.Io(0xCF8, 8),
            AmlResource.WordIo(0x0000, 0x0CF7),
            AmlResource.WordIo(0x0D00, 0xFFFF),
            AmlResource.DwordMemory(AcpiLayout.LowWindowStart, AcpiLayout.LowWindowEnd - 1),
            AmlResource.QwordMemory(layout.HighWindow, layout.HighWindow + AcpiLayout.HighWindowSize - 1))),
        Name("_PRT", Package([.. Enumerable.Range(0, PciBus.Slots).SelectMany(slot => Enumerable.Range(0, 4).Select(pin => Route(slot, pin)))])),
        OperatingSystemCapabilities(),
        Isa());

    private static byte[] Route(int slot, int pin) => Package(
        Integer((ulong)slot << 16 | 0xFFFF), Integer((ulong)pin), Integer(0), Integer((ulong)InterruptRouter.PciInterrupt(slot, pin)));

    /// <summary><c>_OSC</c> (PCI Firmware 3.3, 4.5.1): the system may control every PCI Express feature it asks for.</summary>
    private static byte[] OperatingSystemCapabilities() => Method("_OSC", 4,
        CreateDwordField(Argument(3), 0, "CDW1"),
        If(Equal(Argument(0), Uuid("33DB4D5B-1FF7-401C-9657-7441C03DD766")),
            CreateDwordField(Argument(3), 8, "CDW3"),
            And(Reference("CDW3"), Integer(0x3F), Reference("CDW3")),
            If(NotEqual(Argument(1), Integer(1)), Or(Reference("CDW1"), Integer(8), Reference("CDW1")))),
        Else(Or(Reference("CDW1"), Integer(4), Reference("CDW1"))),
        Return(Argument(3)));

    private static byte[] Isa() => Device("ISA_",
        Name("_ADR", Integer(0x001F_0000)),
        Device("COM1",
            Name("_HID", EisaId("PNP0501")), Name("_UID", Integer(1)), Name("_STA", Integer(0xF)),
            Name("_CRS", AmlResource.Template(AmlResource.Io(Uart.Com1, 8), AmlResource.Irq(Uart.Com1Line)))),
        Device("RTC_",
            Name("_HID", EisaId("PNP0B00")),
            Name("_CRS", AmlResource.Template(AmlResource.Io(0x70, 2), AmlResource.Irq(8)))),
        Device("TIMR",
            Name("_HID", EisaId("PNP0100")),
            Name("_CRS", AmlResource.Template(AmlResource.Io(0x40, 4), AmlResource.Irq(0)))));

    private static byte[] MotherBoard() => Device("MBRD",
        Name("_HID", EisaId("PNP0C02")), Name("_UID", Integer(0)),
        Name("_CRS", AmlResource.Template(
            AmlResource.Memory32Fixed((uint)PciEcam.Address, (uint)PciEcam.Size),
            AmlResource.Io(PowerManagement.FirstPort, PowerManagement.PortCount))));
}
