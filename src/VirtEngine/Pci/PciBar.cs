using VirtEngine.Bus;

namespace VirtEngine.Pci;

/// <summary>A memory base address register and the device behind it (PCI Local Bus 3.0, 6.2.5.1).</summary>
/// <param name="Index">Its number, 0 to 5; a 64-bit register takes the next one too.</param>
/// <param name="Size">Bytes: a power of two, 4096 or more.</param>
/// <param name="Is64Bit">Whether it is 64 bits wide.</param>
/// <param name="Device">Answers accesses while the register maps it.</param>
internal sealed record PciBar(int Index, ulong Size, bool Is64Bit, IMmioDevice Device)
{
    /// <summary>Offset of the register in configuration space.</summary>
    internal int Offset => PciRegister.FirstBar + 4 * Index;

    /// <summary>Where it is mapped on the bus now, if it is.</summary>
    internal ulong? MappedAt { get; set; }
}
