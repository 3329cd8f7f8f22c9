namespace VirtSpecs;

/// <summary>What of a capture becomes the layer. A place that both lists match is included.</summary>
public sealed record LayerRules
{
    /// <summary>Places that are left out, beyond what the built-in rules know as noise.</summary>
    [SpecMember("Places that are left out, beyond the built-in rules for noise.", Form = TextForm.PlacePattern, MaximumItems = 1024)]
    public ValueList<string> Exclude { get; init; } = [];

    /// <summary>Places that are kept whatever the built-in rules and the excluded places say.</summary>
    [SpecMember("Places that are kept, whatever the built-in rules and the list of excluded ones say.", Form = TextForm.PlacePattern,
        MaximumItems = 1024)]
    public ValueList<string> Include { get; init; } = [];
}
