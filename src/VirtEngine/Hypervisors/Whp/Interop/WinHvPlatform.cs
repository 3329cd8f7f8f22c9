using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>
/// The Windows Hypervisor Platform (winhvplatform.h): an optional feature of Windows 10 and Server 2019 and later. All return an HRESULT.
/// </summary>
internal static unsafe partial class WinHvPlatform
{
    private const string Library = "WinHvPlatform.dll";

    [LibraryImport(Library)]
    internal static partial int WHvGetCapability(WHV_CAPABILITY_CODE capabilityCode, void* capabilityBuffer, uint capabilityBufferSizeInBytes, uint* writtenSizeInBytes);

    [LibraryImport(Library)]
    internal static partial int WHvCreatePartition(out nint partition);

    [LibraryImport(Library)]
    internal static partial int WHvSetupPartition(WinHvPartitionHandle partition);

    [LibraryImport(Library)]
    internal static partial int WHvDeletePartition(nint partition);

    [LibraryImport(Library)]
    internal static partial int WHvSetPartitionProperty(
        WinHvPartitionHandle partition, WHV_PARTITION_PROPERTY_CODE propertyCode, void* propertyBuffer, uint propertyBufferSizeInBytes);

    [LibraryImport(Library)]
    internal static partial int WHvSuspendPartitionTime(WinHvPartitionHandle partition);

    [LibraryImport(Library)]
    internal static partial int WHvResumePartitionTime(WinHvPartitionHandle partition);

    [LibraryImport(Library)]
    internal static partial int WHvMapGpaRange(
        WinHvPartitionHandle partition, void* sourceAddress, ulong guestAddress, ulong sizeInBytes, WHV_MAP_GPA_RANGE_FLAGS flags);

    [LibraryImport(Library)]
    internal static partial int WHvUnmapGpaRange(WinHvPartitionHandle partition, ulong guestAddress, ulong sizeInBytes);

    [LibraryImport(Library)]
    internal static partial int WHvCreateVirtualProcessor(WinHvPartitionHandle partition, uint vpIndex, uint flags);

    [LibraryImport(Library)]
    internal static partial int WHvDeleteVirtualProcessor(WinHvPartitionHandle partition, uint vpIndex);

    [LibraryImport(Library)]
    internal static partial int WHvRunVirtualProcessor(WinHvPartitionHandle partition, uint vpIndex, void* exitContext, uint exitContextSizeInBytes);

    [LibraryImport(Library)]
    internal static partial int WHvCancelRunVirtualProcessor(WinHvPartitionHandle partition, uint vpIndex, uint flags);

    [LibraryImport(Library)]
    internal static partial int WHvGetVirtualProcessorRegisters(
        WinHvPartitionHandle partition, uint vpIndex, WHV_REGISTER_NAME* registerNames, uint registerCount, WHV_REGISTER_VALUE* registerValues);

    [LibraryImport(Library)]
    internal static partial int WHvSetVirtualProcessorRegisters(
        WinHvPartitionHandle partition, uint vpIndex, WHV_REGISTER_NAME* registerNames, uint registerCount, WHV_REGISTER_VALUE* registerValues);

    [LibraryImport(Library)]
    internal static partial int WHvGetVirtualProcessorInterruptControllerState2(
        WinHvPartitionHandle partition, uint vpIndex, void* state, uint stateSize, uint* writtenSize);

    [LibraryImport(Library)]
    internal static partial int WHvSetVirtualProcessorInterruptControllerState2(WinHvPartitionHandle partition, uint vpIndex, void* state, uint stateSize);

    [LibraryImport(Library)]
    internal static partial int WHvRequestInterrupt(WinHvPartitionHandle partition, in WHV_INTERRUPT_CONTROL interrupt, uint interruptControlSize);

    [LibraryImport(Library)]
    internal static partial int WHvGetVirtualProcessorXsaveState(
        WinHvPartitionHandle partition, uint vpIndex, void* buffer, uint bufferSizeInBytes, uint* bytesWritten);

    [LibraryImport(Library)]
    internal static partial int WHvSetVirtualProcessorXsaveState(WinHvPartitionHandle partition, uint vpIndex, void* buffer, uint bufferSizeInBytes);

    [LibraryImport(Library)]
    internal static partial int WHvQueryGpaRangeDirtyBitmap(
        WinHvPartitionHandle partition, ulong guestAddress, ulong rangeSizeInBytes, ulong* bitmap, uint bitmapSizeInBytes);
}
