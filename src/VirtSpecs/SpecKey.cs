namespace VirtSpecs;

/// <summary>What tells specs apart: the kind, and the qualified name without regard to case.</summary>
internal readonly record struct SpecKey
{
    private readonly string _kind;
    private readonly string _foldedName;

    private SpecKey(string kind, string name) => (_kind, _foldedName) = (kind, name.ToUpperInvariant());

    /// <summary>The key of a spec.</summary>
    public static SpecKey Of(Spec spec) => new(spec.Kind, spec.QualifiedName);
}
