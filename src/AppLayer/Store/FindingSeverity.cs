namespace AppLayer.Store;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Information,

    /// <summary>The layer works here, and may not on another machine.</summary>
    Warning,

    /// <summary>The layer is not what was committed.</summary>
    Error,
}
