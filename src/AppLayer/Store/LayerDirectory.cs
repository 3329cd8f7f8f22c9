using VirtFoundation.Store;

namespace AppLayer.Store;

/// <summary>The directory of one layer, or of one that is being made, and the files in it.</summary>
/// <param name="Path">Full path.</param>
internal sealed record LayerDirectory(string Path)
{
    internal static readonly StateFile<LayerRecord> RecordFile = new(static () => StoreJson.Default.LayerRecord);

    /// <summary>Name, version, digests.</summary>
    internal string RecordPath => System.IO.Path.Combine(Path, "layer.json");

    /// <summary>Every entry of the files.</summary>
    internal string ManifestPath => System.IO.Path.Combine(Path, "files.jsonl");

    /// <summary>The registry entries; missing where there are none.</summary>
    internal string HivePath => System.IO.Path.Combine(Path, "registry.hiv");

    /// <summary>The files, ready to be an overlay's lower directory.</summary>
    internal string TreePath => System.IO.Path.Combine(Path, "tree");

    /// <summary>There once another layer has taken the place of this one.</summary>
    internal string ReplacedPath => System.IO.Path.Combine(Path, "replaced");
}
