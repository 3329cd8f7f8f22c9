namespace VirtSpecs;

/// <summary>What becomes of what an application writes.</summary>
public enum WritablePolicy
{
    /// <summary>It is kept until the application is reset.</summary>
    Keep,

    /// <summary>It is thrown away when the application's last process ends.</summary>
    ResetOnExit,

    /// <summary>It never reaches a disk, and is gone with the application's last process.</summary>
    Memory,
}
