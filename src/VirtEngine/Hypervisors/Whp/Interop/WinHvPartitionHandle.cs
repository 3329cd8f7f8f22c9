using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>A <c>WHV_PARTITION_HANDLE</c>: the partition goes with it, and must before the memory that is mapped into it.</summary>
internal sealed class WinHvPartitionHandle : SafeHandle
{
    internal WinHvPartitionHandle(nint partition) : base(0, ownsHandle: true) => SetHandle(partition);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => WinHvPlatform.WHvDeletePartition(handle) >= 0;
}
