using AppLayer.Files;

namespace AppLayer.Resolution;

/// <summary>A file of a source.</summary>
/// <param name="Place">Where it is, spelled as the source has it.</param>
/// <param name="Entry">What is there.</param>
internal readonly record struct SourceFile(string Place, FileEntry Entry);
