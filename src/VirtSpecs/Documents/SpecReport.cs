namespace VirtSpecs;

/// <summary>Collects what is wrong while a document is read or checked, and knows where its members stand.</summary>
internal sealed class SpecReport(string? file, bool includeUnsupported)
{
    /// <summary>The number of errors after which no more are collected.</summary>
    public const int MaximumErrors = 100;

    private readonly List<SpecError> _errors = [];

    /// <summary>The number of errors so far, those that are no more collected included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether what this version can't carry out is an error.</summary>
    public bool IncludeUnsupported { get; } = includeUnsupported;

    /// <summary>What is wrong so far, at most <see cref="MaximumErrors"/>.</summary>
    public IReadOnlyList<SpecError> Errors => _errors;

    /// <summary>Where members stand, by path.</summary>
    public Dictionary<string, SpecPosition> Positions { get; init; } = [];

    /// <summary>A spec without a source is named in the errors, since they have no place to point at.</summary>
    private string? Subject { get; init; }

    /// <summary>A report about a spec that exists.</summary>
    public static SpecReport For(Spec spec, bool includeUnsupported) => spec.Source is { } source
        ? new(source.File, includeUnsupported) { Positions = source.Positions }
        : new(null, includeUnsupported) { Subject = $" in {spec.Kind} {Quoting.Shorten(spec.Name is null ? "without a name" : spec.QualifiedName)}" };

    /// <summary>Notes an error at a member, or at the place given.</summary>
    public void Add(string path, string message, string? hint = null, SpecPosition? position = null)
    {
        if (Count++ < MaximumErrors)
        {
            var (line, column) = position ?? SpecSource.Find(Positions, path);
            _errors.Add(new(file, line, column, path, message + Subject, hint));
        }
    }
}
