namespace VirtSpecs;

/// <summary>What a layer is made from: an installation, or content that is there already.</summary>
public sealed record LayerSource : ISpecRules
{
    /// <summary>The installation to capture.</summary>
    [SpecMember("Installation to run over a fresh writable layer. Excludes the other sources.")]
    public LayerCapture? Capture { get; init; }

    /// <summary>Layers that the installation sees; the first wins.</summary>
    [SpecMember("Layers that the captured installation sees; the first wins.")]
    public ValueList<LayerReference> Layers { get; init; } = [];

    /// <summary>The path of a directory whose content becomes the layer's files.</summary>
    [SpecMember("Directory whose content is put at the target.", Form = TextForm.Path)]
    public string? Directory { get; init; }

    /// <summary>Where the directory's content is put; <see langword="null"/> for the root: {Root} on Linux, {SystemDrive} on Windows.</summary>
    [SpecMember("Where the directory's content is put. Without it {Root} on Linux, {SystemDrive} on Windows.", Form = TextForm.RootedPath)]
    public string? Target { get; init; }

    /// <summary>The path of a registry file (.reg) whose keys and values become the layer's.</summary>
    [SpecMember("Registry file (.reg) whose keys and values are put into the layer. Windows only.", Form = TextForm.Path)]
    public string? RegistryFile { get; init; }

    /// <summary>Debian packages, by name or file.</summary>
    [SpecMember("Debian packages to install into the layer, by name or file. Linux only.", Form = TextForm.Package)]
    public ValueList<string> Packages { get; init; } = [];

    IEnumerable<SpecViolation> ISpecRules.FindViolations()
    {
        (string Name, bool IsGiven)[] content =
        [
            (nameof(Directory), Directory is not null),
            (nameof(RegistryFile), RegistryFile is not null),
            (nameof(Packages), Packages.Count > 0),
        ];
        if (Capture is null && !content.Any(source => source.IsGiven))
        {
            yield return new(null, "needs a capture, directory, registryFile or packages");
        }

        foreach (var (name, _) in content.Where(source => Capture is not null && source.IsGiven))
        {
            yield return new(name, "can't be given together with a capture", "describe it as a layer of its own");
        }

        if (Capture is null && Layers.Count > 0)
        {
            yield return new(nameof(Layers), "needs a capture", "an application says which layers it sees together");
        }

        if (Directory is null && Target is not null)
        {
            yield return new(nameof(Target), "needs a directory");
        }

        foreach (var violation in SpecViolation.Duplicates(nameof(Layers), Layers))
        {
            yield return violation;
        }
    }
}
