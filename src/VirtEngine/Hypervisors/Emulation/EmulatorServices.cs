using VirtEngine.Hypervisors.Software;

namespace VirtEngine.Hypervisors.Emulation;

/// <summary>What lies around the emulator's processor: nothing, for the local APIC and the time-stamp counter are the hypervisor's.</summary>
internal sealed class EmulatorServices(int processorCount) : ISystemServices
{
    /// <inheritdoc/>
    public int ProcessorCount => processorCount;

    /// <inheritdoc/>
    public ulong ApicPage => ulong.MaxValue;

    /// <inheritdoc/>
    public ulong TaskPriority { get; set; }

    /// <inheritdoc/>
    public object BusLock { get; } = new();

    /// <inheritdoc/>
    public ulong ReadTsc() => 0;

    /// <inheritdoc/>
    public ulong ReadApic(int offset, int size) => 0;

    /// <inheritdoc/>
    public void WriteApic(int offset, int size, ulong value)
    {
    }

    /// <inheritdoc/>
    public bool TryReadApicMsr(uint msr, out ulong value)
    {
        value = 0;
        return false;
    }

    /// <inheritdoc/>
    public bool TryWriteApicMsr(uint msr, ulong value) => false;

    /// <inheritdoc/>
    public int AcknowledgeInterrupt() => -1;
}
