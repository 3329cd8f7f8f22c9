namespace VirtEngine.Hosts;

/// <summary>What to wait for in a machine.</summary>
public enum WaitCondition
{
    /// <summary>The guest has written to its console: its kernel runs.</summary>
    Boot,

    /// <summary>The guest agent answers.</summary>
    Agent,

    /// <summary>The guest has an address that others can reach: not loopback, not link-local.</summary>
    Address,

    /// <summary>The guest has written a text to its console.</summary>
    Text,

    /// <summary>The machine is off.</summary>
    Stopped,
}
