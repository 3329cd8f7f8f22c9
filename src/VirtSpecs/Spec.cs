namespace VirtSpecs;

/// <summary>
/// One document: a thing that an administrator names and describes. Immutable; compared by what it says, not by where it was read.
/// </summary>
public abstract record Spec : ISpecRules
{
    /// <summary>The version of the document format that this assembly reads and writes.</summary>
    public const string ApiVersion = "virttools/v1";

    // Only kinds of this assembly: each is described by attributes that SpecKind reads.
    private protected Spec()
    {
    }

    /// <summary>The name, unique among its kind without regard to case: a letter or digit, then letters, digits, <c>-</c>, <c>.</c>,
    /// <c>_</c>, at most 63 in all.</summary>
    [SpecMember("Name, unique among its kind without regard to case; a layer's together with its version.", Form = TextForm.Name)]
    public required string Name { get; init; }

    /// <summary>Names with texts for the administrator's own sorting and selecting.</summary>
    [SpecMember("Names with texts, for sorting and selecting.", MaximumLength = 256)]
    public LabelDictionary Labels { get; init; } = LabelDictionary.None;

    /// <summary>Remarks for people.</summary>
    [SpecMember("Remarks for people.", Form = TextForm.Lines)]
    public string Notes { get; init; } = "";

    /// <summary>Where the spec was read, <see langword="null"/> if it wasn't. Left out of comparisons.</summary>
    public SpecSource? Source { get; init; }

    /// <summary>The kind, as the document names it.</summary>
    public string Kind => GetType().Name;

    /// <summary>What tells the spec from others of its kind, without regard to case: the name; a layer's <c>name@version</c>.</summary>
    public virtual string QualifiedName => Name;

    /// <summary>Whether the thing can be started and stopped.</summary>
    internal virtual bool CanRun => true;

    /// <summary>The layers that must be there before the thing is made. Asked only of specs that keep their rules.</summary>
    internal virtual IEnumerable<LayerUse> LayerUses => [];

    /// <summary>The switches that must be there before the thing starts. Asked only of specs that keep their rules.</summary>
    internal virtual IEnumerable<SwitchUse> SwitchUses => [];

    /// <summary>The same spec with full paths, so that it no longer depends on the file that it was read from.</summary>
    /// <returns>The spec, its relative paths resolved against <see cref="SpecSource.BaseDirectory"/>, else the current directory.</returns>
    public Spec WithFullPaths() =>
        (Spec)RecordType.Of(GetType()).Root(this, Source?.BaseDirectory ?? Environment.CurrentDirectory) with { Source = Source };

    /// <summary>Whether two specs are of one kind and say the same, wherever they were read.</summary>
    /// <param name="other">The other spec.</param>
    /// <returns>Whether they are equal.</returns>
    public virtual bool Equals(Spec? other) =>
        other is not null && EqualityContract == other.EqualityContract
        && Name == other.Name && Notes == other.Notes && Labels.Equals(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Name, Notes, Labels);

    IEnumerable<SpecViolation> ISpecRules.FindViolations() => FindViolations();

    /// <summary>What breaks the kind's rules over several members.</summary>
    private protected virtual IEnumerable<SpecViolation> FindViolations() => [];
}
