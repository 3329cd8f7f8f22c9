using AppLayer.Files;

namespace AppLayer.Capture.Trees;

/// <summary>An entry of two trees as one.</summary>
/// <param name="Entry">The entry, under the path that it has in the one.</param>
/// <param name="IsUpper">Whether it is the upper tree's.</param>
/// <param name="Path">The path that it has in its own tree.</param>
internal readonly record struct FlattenedFile(FileEntry Entry, bool IsUpper, string Path);
