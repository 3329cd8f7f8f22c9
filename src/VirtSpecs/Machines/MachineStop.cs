namespace VirtSpecs;

/// <summary>How a machine is stopped.</summary>
public sealed record MachineStop
{
    /// <summary>How long the guest may take to shut down before it is turned off, 0 to 1 day.</summary>
    [SpecMember("Time the guest has to shut down before it is turned off.", Minimum = "0s", Maximum = "1d")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
