namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>What WHvSetPartitionProperty sets.</summary>
internal enum WHV_PARTITION_PROPERTY_CODE : uint
{
    WHvPartitionPropertyCodeExtendedVmExits = 0x00000001,
    WHvPartitionPropertyCodeX64MsrExitBitmap = 0x00000005,
    WHvPartitionPropertyCodeCpuidExitList = 0x00001003,
    WHvPartitionPropertyCodeCpuidResultList = 0x00001004,
    WHvPartitionPropertyCodeLocalApicEmulationMode = 0x00001005,
    WHvPartitionPropertyCodeProcessorCount = 0x00001fff,
}
