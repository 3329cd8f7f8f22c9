namespace VirtEngine.Control;

/// <summary>How a machine is asked to stop.</summary>
public enum StopMode
{
    /// <summary>By the guest agent if it is connected, else by the power button.</summary>
    ShutDown,

    /// <summary>By the guest agent.</summary>
    Agent,

    /// <summary>By the ACPI power button.</summary>
    PowerButton,

    /// <summary>Not asked: turned off at once.</summary>
    TurnOff,
}
