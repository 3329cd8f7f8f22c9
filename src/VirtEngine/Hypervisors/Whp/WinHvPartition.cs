using System.Runtime.CompilerServices;
using VirtEngine.Hypervisors.Whp.Interop;
using static VirtEngine.Hypervisors.Whp.Interop.WinHvPlatform;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>The platform's own partition.</summary>
internal sealed unsafe class WinHvPartition : IWinHvPartition
{
    private readonly WinHvPartitionHandle _handle;

    internal WinHvPartition()
    {
        Check(WHvCreatePartition(out nint partition));
        _handle = new WinHvPartitionHandle(partition);
    }

    /// <inheritdoc/>
    public void SetProperty(WHV_PARTITION_PROPERTY_CODE code, void* value, int size)
    {
        int result = WHvSetPartitionProperty(_handle, code, value, (uint)size);
        if (result < 0) throw new WhpException($"WHvSetPartitionProperty({code})", result);
    }

    /// <inheritdoc/>
    public void Setup() => Check(WHvSetupPartition(_handle));

    /// <inheritdoc/>
    public void MapMemory(byte* source, ulong address, ulong size, WHV_MAP_GPA_RANGE_FLAGS flags) => Check(WHvMapGpaRange(_handle, source, address, size, flags));

    /// <inheritdoc/>
    public void UnmapMemory(ulong address, ulong size) => Check(WHvUnmapGpaRange(_handle, address, size));

    /// <inheritdoc/>
    public void QueryDirtyBitmap(ulong address, ulong size, Span<ulong> bitmap)
    {
        fixed (ulong* words = bitmap) Check(WHvQueryGpaRangeDirtyBitmap(_handle, address, size, words, (uint)(bitmap.Length * sizeof(ulong))));
    }

    /// <inheritdoc/>
    public void SuspendTime() => Check(WHvSuspendPartitionTime(_handle));

    /// <inheritdoc/>
    public void ResumeTime() => Check(WHvResumePartitionTime(_handle));

    /// <inheritdoc/>
    public bool TryRequestInterrupt(in WHV_INTERRUPT_CONTROL interrupt) => WHvRequestInterrupt(_handle, in interrupt, (uint)sizeof(WHV_INTERRUPT_CONTROL)) >= 0;

    /// <inheritdoc/>
    public void CreateProcessor(int index) => Check(WHvCreateVirtualProcessor(_handle, (uint)index, 0));

    /// <inheritdoc/>
    public void DeleteProcessor(int index) => Check(WHvDeleteVirtualProcessor(_handle, (uint)index));

    /// <inheritdoc/>
    public void Run(int index, WHV_RUN_VP_EXIT_CONTEXT* exit) => Check(WHvRunVirtualProcessor(_handle, (uint)index, exit, (uint)sizeof(WHV_RUN_VP_EXIT_CONTEXT)));

    /// <inheritdoc/>
    public void CancelRun(int index) => Check(WHvCancelRunVirtualProcessor(_handle, (uint)index, 0));

    /// <inheritdoc/>
    public bool TryGetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        fixed (WHV_REGISTER_NAME* first = names) return WHvGetVirtualProcessorRegisters(_handle, (uint)index, first, (uint)names.Length, values) >= 0;
    }

    /// <inheritdoc/>
    public bool TrySetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        fixed (WHV_REGISTER_NAME* first = names) return WHvSetVirtualProcessorRegisters(_handle, (uint)index, first, (uint)names.Length, values) >= 0;
    }

    /// <inheritdoc/>
    public void GetInterruptController(int index, Span<byte> page)
    {
        uint written;
        fixed (byte* first = page) Check(WHvGetVirtualProcessorInterruptControllerState2(_handle, (uint)index, first, (uint)page.Length, &written));
    }

    /// <inheritdoc/>
    public void SetInterruptController(int index, ReadOnlySpan<byte> page)
    {
        fixed (byte* first = page) Check(WHvSetVirtualProcessorInterruptControllerState2(_handle, (uint)index, first, (uint)page.Length));
    }

    /// <inheritdoc/>
    public int GetXsave(int index, Span<byte> area)
    {
        uint written;
        fixed (byte* first = area) Check(WHvGetVirtualProcessorXsaveState(_handle, (uint)index, first, (uint)area.Length, &written));
        return (int)written;
    }

    /// <inheritdoc/>
    public void SetXsave(int index, ReadOnlySpan<byte> area)
    {
        fixed (byte* first = area) Check(WHvSetVirtualProcessorXsaveState(_handle, (uint)index, first, (uint)area.Length));
    }

    private static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result < 0) throw new WhpException(call[..call.IndexOf('(', StringComparison.Ordinal)], result);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
