namespace VirtEngine.Chipset;

/// <summary>What a guest can ask of the machine as a whole. Called from a virtual processor's thread; returns at once.</summary>
internal interface IPowerControl
{
    /// <summary>The guest asked for a reset.</summary>
    /// <param name="source">The register it used, for the log.</param>
    void RequestReset(string source);

    /// <summary>The guest turned its power off (ACPI S5).</summary>
    void RequestPowerOff();
}
