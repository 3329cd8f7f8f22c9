namespace VirtEngine.Hosts;

/// <summary>What a switch is doing.</summary>
public enum SwitchState
{
    /// <summary>It does not run: machines that are plugged in have no link.</summary>
    Stopped,

    /// <summary>It carries frames.</summary>
    Running,

    /// <summary>It ended without being stopped.</summary>
    Failed,
}
