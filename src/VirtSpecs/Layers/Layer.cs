namespace VirtSpecs;

/// <summary>A named, versioned, immutable set of file and registry changes, as an administrator describes how to make it.</summary>
[SpecKind("A layer: an immutable set of files and registry entries. Layers are told apart by name and version.")]
public sealed record Layer : Spec
{
    /// <summary>The version, <see cref="LayerVersion"/>.</summary>
    [SpecMember("Version, as text in quotes. A layer is known by its name and version together.", Form = TextForm.Version)]
    public string Version { get; init; } = LayerVersion.Default;

    /// <summary>The system whose programs the layer holds.</summary>
    [SpecMember("System whose programs the layer holds.", MakesAnew = true)]
    public required LayerPlatform Platform { get; init; }

    /// <summary>What the layer is made from.</summary>
    [SpecMember("What the layer is made from: a capture; or a directory, a registry file, packages.", MakesAnew = true)]
    public required LayerSource From { get; init; }

    /// <summary>What of it becomes the layer.</summary>
    [SpecMember("What of it becomes the layer.", MakesAnew = true)]
    public LayerRules Rules { get; init; } = new();

    /// <summary>The layer's name and version; no layer's where they break their limits.</summary>
    public LayerReference Reference => LayerReference.TryParse(QualifiedName, out var reference) ? reference : default;

    /// <inheritdoc/>
    public override string QualifiedName => $"{Name}@{Version}";

    internal override bool CanRun => false;

    internal override IEnumerable<LayerUse> LayerUses => LayerUse.Of("from.layers", From.Layers);

    private protected override IEnumerable<SpecViolation> FindViolations()
    {
        if (Platform != LayerPlatform.Windows && From.RegistryFile is not null)
        {
            yield return new("from.registryFile", "is for layers of Windows", "write platform: windows");
        }

        if (Platform != LayerPlatform.Linux && From.Packages.Count > 0)
        {
            yield return new("from.packages", "are for layers of Linux", "write platform: linux");
        }
    }
}
