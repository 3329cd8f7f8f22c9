namespace VirtSpecs;

/// <summary>A virtual application as an administrator describes it: layers, and the program in them.</summary>
[SpecKind("A virtual application: layers over the system, and the program in them.")]
public sealed record Application : Spec
{
    /// <summary>The layers that the application sees, at least one; the first wins.</summary>
    [SpecMember("Layers that the application sees, by name or name@version; the first wins. Without a version the newest is taken.",
        MinimumItems = 1, NeedsRestart = true)]
    public required ValueList<LayerReference> Layers { get; init; }

    /// <summary>The program to run: a path below a root, an absolute path, or a bare name to look up as a shell does.</summary>
    [SpecMember("Program to run. A bare name such as node is looked up as a shell does.", Form = TextForm.ViewProgram, NeedsRestart = true)]
    public required string Command { get; init; }

    /// <summary>The program's arguments, before those that a start adds.</summary>
    [SpecMember("Arguments for the program, before those that a start adds.", Form = TextForm.Lines, MaximumItems = 256, NeedsRestart = true)]
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>The directory to run the program in; <see langword="null"/> for the program's own.</summary>
    [SpecMember("Directory to run the program in. Without it the program's own.", Form = TextForm.ViewPath, NeedsRestart = true)]
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables beyond what every program gets.</summary>
    [SpecMember("Environment variables to set.", NameForm = TextForm.VariableName, Form = TextForm.Lines, MaximumItems = 256,
        NeedsRestart = true)]
    public LabelDictionary Environment { get; init; } = LabelDictionary.None;

    /// <summary>Who sees the layers.</summary>
    [SpecMember("Who sees the layers: the application's processes alone, or the whole system.", NeedsRestart = true)]
    public ApplicationActivation Activation { get; init; } = ApplicationActivation.Isolated;

    /// <summary>What becomes of what the application writes.</summary>
    [SpecMember("What becomes of what the application writes: it is kept until a reset, thrown away at the exit, or held in memory alone.",
        NeedsRestart = true)]
    public WritablePolicy Writable { get; init; } = WritablePolicy.Keep;

    /// <summary>How the application meets the system, by place; the last rule that is for a place wins.</summary>
    [SpecMember("How the application meets the system, by place. The last rule that is for a place wins.", MaximumItems = 1024,
        NeedsRestart = true)]
    public ValueList<IsolationRule> Rules { get; init; } = [];

    internal override IEnumerable<LayerUse> LayerUses => LayerUse.Of("layers", Layers);

    private protected override IEnumerable<SpecViolation> FindViolations() => SpecViolation.Duplicates(nameof(Layers), Layers);
}
