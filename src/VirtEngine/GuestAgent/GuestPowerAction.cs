namespace VirtEngine.GuestAgent;

/// <summary>What <c>guest-shutdown</c> does.</summary>
public enum GuestPowerAction
{
    /// <summary>Shut down and turn off.</summary>
    PowerDown,

    /// <summary>Shut down and stay on.</summary>
    Halt,

    /// <summary>Shut down and start again.</summary>
    Reboot,
}
