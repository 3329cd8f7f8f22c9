namespace VirtSpecs;

/// <summary>What a change does.</summary>
public enum ChangeAction
{
    /// <summary>Nothing: all is as the spec says.</summary>
    None,

    /// <summary>Make what a spec describes, stopped.</summary>
    Create,

    /// <summary>Give one member another value, or make a thing anew in which several differ.</summary>
    Update,

    /// <summary>Start what is stopped or failed, go on with what is paused.</summary>
    Start,

    /// <summary>Stop what runs or is paused.</summary>
    Stop,

    /// <summary>Remove what is stopped or failed.</summary>
    Remove,
}
