namespace AppLayer.Capture.Noise;

/// <summary>A rule that removes places from a capture, or keeps them.</summary>
/// <param name="Pattern">The places.</param>
/// <param name="Reason">Why: what the places are.</param>
/// <param name="Source">Who says so.</param>
internal sealed record NoiseRule(PlacePattern Pattern, string Reason, NoiseSource Source);
