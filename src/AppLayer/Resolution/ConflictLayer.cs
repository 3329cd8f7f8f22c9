using AppLayer.Files;
using AppLayer.Registry;

namespace AppLayer.Resolution;

/// <summary>A layer to look for conflicts in.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Files">Its files, with their contents' digests.</param>
/// <param name="Registry">Its registry entries; null if it has none.</param>
public sealed record ConflictLayer(string Name, FileTree Files, RegistryKey? Registry);
