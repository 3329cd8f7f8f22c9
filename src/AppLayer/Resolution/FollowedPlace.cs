namespace AppLayer.Resolution;

/// <summary>Where a path leads.</summary>
/// <param name="Place">The place, spelled as what is there has it.</param>
/// <param name="Links">The links that were followed, in order.</param>
/// <param name="Outside">Where a link leads out of the view, the host's path; else null.</param>
internal sealed record FollowedPlace(string Place, IReadOnlyList<string> Links, string? Outside = null);
