namespace AppLayer.Resolution;

/// <summary>What a party of a stack is.</summary>
public enum PartyKind
{
    /// <summary>Where the application's changes go.</summary>
    Writable,

    /// <summary>Where its changes go that survive a reset.</summary>
    Data,

    /// <summary>A layer.</summary>
    Layer,

    /// <summary>The system below all layers.</summary>
    Base,
}
