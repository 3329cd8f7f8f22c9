namespace AppLayer.Store;

/// <summary>Findings; of a kind only the first ones are kept, and the others counted.</summary>
internal sealed class FindingList
{
    /// <summary>Findings of one kind.</summary>
    internal const int MostOfAKind = 200;

    private readonly List<LayerFinding> _findings = [];
    private readonly Dictionary<(FindingSeverity Severity, FindingCode Code), int> _counts = [];

    internal void Add(FindingSeverity severity, FindingCode code, string path, string message)
    {
        var count = _counts.GetValueOrDefault((severity, code)) + 1;
        _counts[(severity, code)] = count;
        if (count <= MostOfAKind)
        {
            _findings.Add(new(severity, code, path, message));
        }
    }

    /// <summary>The findings, the worst first.</summary>
    internal IReadOnlyList<LayerFinding> ToList()
    {
        foreach (var (kind, count) in _counts.Where(kind => kind.Value > MostOfAKind))
        {
            _findings.Add(new(kind.Severity, kind.Code, "", $"{count - MostOfAKind} more of this kind"));
        }

        return [.. _findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Code)];
    }
}
