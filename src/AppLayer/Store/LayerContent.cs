using AppLayer.Registry;

namespace AppLayer.Store;

/// <summary>What a layer is committed from.</summary>
/// <param name="TreeDirectory">
/// The files, laid out as <see cref="Files.LayerLayout"/> says, with overlayfs' marks: an overlay's upper directory is one. Nobody may
/// change it during the commit.
/// </param>
public sealed record LayerContent(string TreeDirectory)
{
    /// <summary>
    /// The registry entries: a root without name with subkeys named as <see cref="Registry.Views.RegistryRoot"/>; null where there are none.
    /// </summary>
    public RegistryKey? Registry { get; init; }

    /// <summary>The spec that the layer was made by, as text; null if there is none.</summary>
    public string? Spec { get; init; }

    /// <summary>
    /// Whether nobody needs the directory afterwards: its files are linked into the store instead of copied, where they are on the same file
    /// system, and the directory is removed when the layer is made. After a failure it is whole, but for times finer than 100 ns.
    /// </summary>
    public bool IsConsumed { get; init; }
}
