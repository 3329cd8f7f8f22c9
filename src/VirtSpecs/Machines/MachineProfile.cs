namespace VirtSpecs;

/// <summary>The processor and clock that a guest sees.</summary>
public enum MachineProfile
{
    /// <summary>The same everywhere, so that checkpoints move between hypervisors and hosts.</summary>
    Portable,

    /// <summary>The host's own, for speed.</summary>
    Host,
}
