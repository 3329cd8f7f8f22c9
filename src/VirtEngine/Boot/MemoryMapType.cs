namespace VirtEngine.Boot;

/// <summary>What a range of guest-physical addresses is (ACPI specification, address range types; E820 and PVH share the numbers).</summary>
public enum MemoryMapType
{
    /// <summary>RAM that the guest may use.</summary>
    Ram = 1,

    /// <summary>In use by the platform.</summary>
    Reserved = 2,

    /// <summary>ACPI tables; RAM again once the guest has read them.</summary>
    Acpi = 3,

    /// <summary>ACPI data that must survive sleep.</summary>
    AcpiNonVolatile = 4,

    /// <summary>RAM with errors.</summary>
    Unusable = 5,
}
