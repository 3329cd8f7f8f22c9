namespace VirtEngine.Hypervisors.Software;

/// <summary>Reasons to leave the run loop between two instructions.</summary>
[Flags]
internal enum PendingWork
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The local APIC or the 8259 may have an interrupt to deliver.</summary>
    Interrupt = 1,

    /// <summary>A non-maskable interrupt.</summary>
    Nmi = 2,

    /// <summary>An INIT signal.</summary>
    Init = 4,

    /// <summary>A start-up IPI.</summary>
    Sipi = 8,

    /// <summary><see cref="IVirtualProcessor.Kick"/>.</summary>
    Kick = 16,

    /// <summary>RFLAGS.TF or an interrupt shadow: the next instruction runs alone.</summary>
    SingleStep = 32,

    /// <summary>Something outside the processor cannot go on; see <see cref="Cpu.Failure"/>.</summary>
    Failed = 64,
}
