namespace VirtSpecs;

/// <summary>Makes specs of documents, whatever their format. Collects errors over all documents, then throws.</summary>
internal sealed class SpecReader(string? file, IReadOnlyList<SpecKind> kinds)
{
    private readonly List<SpecError> _errors = [];
    private readonly List<Spec> _specs = [];
    private readonly HashSet<SpecKey> _keys = [];

    /// <summary>Reads one document.</summary>
    public void Add(SpecNode document)
    {
        var report = new SpecReport(file, includeUnsupported: false) { Positions = { [""] = document.Position } };
        if (document is SpecMapping mapping)
        {
            var versionFits = CheckVersion(mapping, report);
            if (FindKind(mapping, report) is { } kind && versionFits)
            {
                if (kind.Record.Read(mapping, "", report, SpecKind.HeaderKeys) is Spec spec)
                {
                    spec = spec with { Source = new(file, report.Positions) };
                    SpecRules.CheckUnique(spec, _keys, report);
                    _specs.Add(spec);
                }
            }
        }
        else
        {
            report.Add("", $"must be a mapping of keys, not {document.Noun}", "a spec starts with apiVersion, kind and name");
        }

        _errors.AddRange(report.Errors);
    }

    /// <summary>Notes an error of the format itself.</summary>
    public void AddError(SpecPosition position, string message, string? hint = null) =>
        _errors.Add(new(file, position.Line, position.Column, "", message, hint));

    /// <summary>Whether so many errors were found that more would help nobody.</summary>
    public bool IsFull => _errors.Count >= SpecReport.MaximumErrors;

    /// <summary>The specs that were read.</summary>
    /// <exception cref="SpecException">Something is wrong, or there is none.</exception>
    public IReadOnlyList<Spec> Finish()
    {
        if (_errors.Count == 0 && _specs.Count == 0)
        {
            AddError(new(1, 1), "has no spec", "a spec starts with apiVersion, kind and name");
        }

        return _errors.Count == 0 ? _specs : throw new SpecException(
            [.. _errors.OrderBy(error => error.Line).ThenBy(error => error.Column).Take(SpecReport.MaximumErrors)]);
    }

    private static bool CheckVersion(SpecMapping mapping, SpecReport report)
    {
        switch (mapping.Find("apiVersion"))
        {
            case SpecScalar { Kind: ScalarKind.Text, Text: Spec.ApiVersion }:
                return true;
            case null:
                report.Add("apiVersion", "is required", $"write apiVersion: {Spec.ApiVersion}");
                return true;
            case SpecScalar { Kind: ScalarKind.Text } other when other.Text.StartsWith("virttools/v", StringComparison.Ordinal):
                report.Add("apiVersion", $"must be {Spec.ApiVersion}, not {other.Noun}",
                    "another version of VirtTools reads this", other.Position);
                return false;
            case { } other:
                report.Add("apiVersion", $"must be {Spec.ApiVersion}, not {other.Noun}", null, other.Position);
                return true;
        }
    }

    private SpecKind? FindKind(SpecMapping mapping, SpecReport report)
    {
        var names = kinds.Select(kind => kind.Name).ToArray();
        switch (mapping.Find("kind"))
        {
            case SpecScalar { Kind: ScalarKind.Text } name when kinds.FirstOrDefault(kind => kind.Name == name.Text) is { } kind:
                return kind;
            case null:
                report.Add("kind", "is required", $"known: {string.Join(", ", names)}");
                return null;
            case SpecScalar name:
                report.Add("kind", $"{Quoting.Quote(name.Text)} is not a kind of this version",
                    Nearest.Hint(name.Text, names), name.Position);
                return null;
            case { } other:
                report.Add("kind", $"must be text, not {other.Noun}", null, other.Position);
                return null;
        }
    }
}
