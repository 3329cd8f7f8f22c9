namespace AppLayer.Store;

/// <summary>What a check of a layer found.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Findings">All findings; of a kind that is found very often the first ones, and how many more there are.</param>
public sealed record LayerCheck(LayerInfo Layer, IReadOnlyList<LayerFinding> Findings)
{
    /// <summary>Whether the layer is what was committed.</summary>
    public bool IsSound => !Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Whether nothing speaks against using it on another machine.</summary>
    public bool IsPortable => !Findings.Any(finding => finding.Severity == FindingSeverity.Warning);
}
