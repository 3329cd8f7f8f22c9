namespace AppLayer.Capture;

/// <summary>What one rule took out of a capture.</summary>
public sealed record NoiseRemoval
{
    /// <summary>How many of <see cref="Places"/> are told at most.</summary>
    public const int MostPlaces = 200;

    /// <summary>Who says so.</summary>
    public required NoiseSource Source { get; init; }

    /// <summary>The rule's pattern; empty where it is not a rule's.</summary>
    public required string Rule { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Files, keys and values that were taken out.</summary>
    public required int Count { get; init; }

    /// <summary>Which, as token paths and registry paths; the first <see cref="MostPlaces"/> of them.</summary>
    public required IReadOnlyList<string> Places { get; init; }

    /// <summary>How many, and by which rule.</summary>
    public override string ToString() => $"{Count}: {(Rule.Length > 0 ? Rule : Reason)}";
}
