namespace AppLayer.Footprint;

/// <summary>What a snapshot's file says first.</summary>
internal sealed record SnapshotHeader
{
    internal const int CurrentVersion = 1;

    public required int FormatVersion { get; init; }

    public required string HostName { get; init; }

    public required DateTime Taken { get; init; }

    public required IReadOnlyList<Place> Places { get; init; }

    /// <exception cref="ArgumentException">A place is none.</exception>
    internal IEnumerable<FootprintPlace> ToPlaces() => Places.Select(place => place is null
        ? throw new ArgumentException("A place is missing.")
        : new FootprintPlace(place.Path) { Excluded = place.Excluded, IsWinePrefix = place.IsWinePrefix });

    internal sealed record Place(string Path, IReadOnlyList<string> Excluded, bool IsWinePrefix);
}
