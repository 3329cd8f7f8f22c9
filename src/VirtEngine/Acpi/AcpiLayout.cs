namespace VirtEngine.Acpi;

/// <summary>What the ACPI tables of a machine depend on.</summary>
/// <param name="Processors">Virtual processors; APIC IDs are 0, 1, ….</param>
/// <param name="HighWindow">Where PCI's 64-bit window begins: behind all RAM.</param>
internal readonly record struct AcpiLayout(int Processors, ulong HighWindow)
{
    /// <summary>PCI's window below 4 GiB.</summary>
    internal const uint LowWindowStart = 0xC000_0000, LowWindowEnd = 0xE000_0000;

    /// <summary>Bytes of the 64-bit window.</summary>
    internal const ulong HighWindowSize = 16ul << 30;
}
