using VirtEngine.Bus;

namespace VirtEngine.Chipset;

/// <summary>
/// The board's interrupt wiring. ISA lines go to the 8259s and to the I/O APIC, where the timer's line 0 is on pin 2 (the MADT's override
/// says so); PCI's INTA–INTD go to pins 16–19 alone.
/// </summary>
internal sealed class InterruptRouter
{
    /// <summary>First of the four global interrupts of PCI's INTx.</summary>
    internal const int FirstPciInterrupt = 16;

    /// <summary>The ACPI system control interrupt: level-triggered.</summary>
    internal const int SystemControlInterrupt = 9;

    private sealed class IsaLine(PicPair pic, IoApic ioApic, int line) : IInterruptLine
    {
        public void Set(bool level)
        {
            pic.SetLine(line, level);
            ioApic.SetPin(line == 0 ? 2 : line, level);
        }
    }

    private readonly PicPair _pic;
    private readonly IoApic _ioApic;
    private readonly SharedLine[] _pci = new SharedLine[4];

    internal InterruptRouter(PicPair pic, IoApic ioApic)
    {
        _pic = pic;
        _ioApic = ioApic;
        for (int i = 0; i < _pci.Length; i++)
        {
            int pin = FirstPciInterrupt + i;
            _pci[i] = new SharedLine(level => ioApic.SetPin(pin, level));
        }
    }

    /// <summary>An ISA interrupt line for one device; line 2 is the cascade.</summary>
    internal IInterruptLine Isa(int line) => new IsaLine(_pic, _ioApic, line);

    /// <summary>A connection to the line of a PCI slot's pin (0 for INTA), as the DSDT's <c>_PRT</c> tells it.</summary>
    internal IInterruptLine Pci(int slot, int pin) => _pci[PciInterrupt(slot, pin) - FirstPciInterrupt].Connect();

    /// <summary>The global interrupt of a PCI slot's pin (0 for INTA).</summary>
    internal static int PciInterrupt(int slot, int pin) => FirstPciInterrupt + (slot + pin & 3);
}
