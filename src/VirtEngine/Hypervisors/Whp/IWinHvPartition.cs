using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>
/// A partition of the Windows Hypervisor Platform, by its calls. Apart from what makes use of them, so that all of that runs over anything that
/// answers like the platform. Buffers of registers and of exits are aligned to 16 bytes.
/// </summary>
/// <exception cref="WhpException">Of all members: the platform refused; the message names the native call.</exception>
internal unsafe interface IWinHvPartition : IDisposable
{
    /// <summary>Sets a property; before <see cref="Setup"/>.</summary>
    void SetProperty(WHV_PARTITION_PROPERTY_CODE code, void* value, int size);

    /// <summary>Ends the configuration: memory and processors come after it.</summary>
    void Setup();

    /// <summary>Gives the guest memory of this process.</summary>
    void MapMemory(byte* source, ulong address, ulong size, WHV_MAP_GPA_RANGE_FLAGS flags);

    /// <summary>Takes memory away from the guest.</summary>
    void UnmapMemory(ulong address, ulong size);

    /// <summary>Moves out and clears the bits of pages that processors have written since, one per page.</summary>
    void QueryDirtyBitmap(ulong address, ulong size, Span<ulong> bitmap);

    /// <summary>Stops the partition's clocks.</summary>
    void SuspendTime();

    /// <summary>Lets them go on.</summary>
    void ResumeTime();

    /// <summary>Sends a message to local APICs.</summary>
    /// <returns>False if no processor takes it: guests send messages where they like.</returns>
    bool TryRequestInterrupt(in WHV_INTERRUPT_CONTROL interrupt);

    /// <summary>Makes a processor, in its reset state.</summary>
    void CreateProcessor(int index);

    /// <summary>Ends a processor.</summary>
    void DeleteProcessor(int index);

    /// <summary>Runs a processor on the calling thread until it leaves the guest.</summary>
    void Run(int index, WHV_RUN_VP_EXIT_CONTEXT* exit);

    /// <summary>Makes the run that is under way, or else the next one, end.</summary>
    void CancelRun(int index);

    /// <summary>Copies registers out.</summary>
    /// <returns>False if one of them is unknown, and none was copied.</returns>
    bool TryGetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values);

    /// <summary>Copies registers in.</summary>
    /// <returns>False if one of them is unknown or does not take its value.</returns>
    bool TrySetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values);

    /// <summary>Copies the local APIC's registers out, as the 4 KiB page at its base shows them.</summary>
    void GetInterruptController(int index, Span<byte> page);

    /// <summary>Copies the local APIC's registers in.</summary>
    void SetInterruptController(int index, ReadOnlySpan<byte> page);

    /// <summary>Copies the XSAVE area out, in the standard or the compacted form as its header says (Intel SDM vol. 1, 13.4).</summary>
    /// <returns>Bytes.</returns>
    int GetXsave(int index, Span<byte> area);

    /// <summary>Copies an XSAVE area in.</summary>
    void SetXsave(int index, ReadOnlySpan<byte> area);
}
