namespace VirtEngine.Consoles;

/// <summary>Why a session with a machine's console ended.</summary>
public enum ConsoleSessionEnd
{
    /// <summary>Its user pressed <see cref="ConsoleSession.EscapeName"/>.</summary>
    Escaped,

    /// <summary>The machine is off.</summary>
    MachineOff,

    /// <summary>The terminal's window was closed.</summary>
    TerminalClosed,
}
