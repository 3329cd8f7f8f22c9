namespace VirtSpecs;

/// <summary>An installation to run over a fresh writable layer, whose changes become the layer.</summary>
public sealed record LayerCapture
{
    /// <summary>
    /// The program to run, or a document that a program opens: a file beside the spec, a path that starts with a root, or a bare name to
    /// look up as a shell does.
    /// </summary>
    [SpecMember("Program to run, or a document such as an .msi. A bare name such as dpkg is looked up as a shell does.",
        Form = TextForm.Program)]
    public required string Command { get; init; }

    /// <summary>The program's arguments.</summary>
    [SpecMember("Arguments for the program.", Form = TextForm.Lines, MaximumItems = 256)]
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>The directory to run the program in; <see langword="null"/> for its own.</summary>
    [SpecMember("Directory to run the program in: beside the spec, or below a root. Without it the program's own.",
        Form = TextForm.ProgramDirectory)]
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables beyond what every program gets.</summary>
    [SpecMember("Environment variables to set.", NameForm = TextForm.VariableName, Form = TextForm.Lines, MaximumItems = 256)]
    public LabelDictionary Environment { get; init; } = LabelDictionary.None;

    /// <summary>How long the installation may take, 1 second to 1 day; <see langword="null"/> for as long as it takes.</summary>
    [SpecMember("Time after which the installation has failed. Without it, it may take as long as it takes.", Minimum = "1s", Maximum = "1d")]
    public TimeSpan? Timeout { get; init; }
}
