namespace AppLayer.Resolution;

/// <summary>One party's part in a path.</summary>
/// <param name="Name">The party: a layer's name, or the writable layer, the data layer, the base.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Role">What it does.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record ResolutionParty(string Name, PartyKind Kind, PartyRole Role, string Reason);
