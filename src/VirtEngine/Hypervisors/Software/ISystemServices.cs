namespace VirtEngine.Hypervisors.Software;

/// <summary>What a <see cref="Cpu"/> needs of the partition around it.</summary>
internal interface ISystemServices
{
    /// <summary>Processors of the machine.</summary>
    int ProcessorCount { get; }

    /// <summary>The time-stamp counter without the guest's adjustment.</summary>
    ulong ReadTsc();

    /// <summary>Base of the local APIC's page, or <see cref="ulong.MaxValue"/> while it is disabled.</summary>
    ulong ApicPage { get; }

    /// <summary>A load from the local APIC's page.</summary>
    ulong ReadApic(int offset, int size);

    /// <summary>A store to the local APIC's page.</summary>
    void WriteApic(int offset, int size, ulong value);

    /// <summary>CR8: the task priority's upper four bits.</summary>
    ulong TaskPriority { get; set; }

    /// <summary>Reads a register that belongs to the local APIC (IA32_APIC_BASE, IA32_TSC_DEADLINE).</summary>
    bool TryReadApicMsr(uint msr, out ulong value);

    /// <summary>Writes a register that belongs to the local APIC.</summary>
    /// <returns>False if there is no such register or it cannot hold the value.</returns>
    bool TryWriteApicMsr(uint msr, ulong value);

    /// <summary>Takes the interrupt of highest priority, if one may be delivered now.</summary>
    /// <returns>The vector, or −1.</returns>
    int AcknowledgeInterrupt();

    /// <summary>An object that all processors of the machine share: accesses that the host cannot make atomic hold it.</summary>
    object BusLock { get; }

}
