namespace AppLayer.Capture;

/// <summary>What a layer has of Debian packages, and what it hasn't.</summary>
public sealed record PackageReport
{
    /// <summary>The packages that are in it, as <c>name version</c>.</summary>
    public required IReadOnlyList<string> Packages { get; init; }

    /// <summary>Dependencies that neither the layer nor the system has, as <c>package: dependency | alternative</c>. Versions are not compared.</summary>
    public required IReadOnlyList<string> MissingDependencies { get; init; }

    /// <summary>Scripts of the packages that were not run, as <c>package: postinst</c>.</summary>
    public required IReadOnlyList<string> ScriptsNotRun { get; init; }
}
