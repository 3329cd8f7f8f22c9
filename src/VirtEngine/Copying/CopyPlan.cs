namespace VirtEngine.Copying;

/// <summary>What copying a file or a directory comes to.</summary>
/// <param name="Source">The file or directory.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Directories">Directories to make, those above before those below.</param>
/// <param name="Files">Files to copy.</param>
/// <param name="Skipped">What is left out, and why.</param>
public sealed record CopyPlan(
    string Source, string Target, IReadOnlyList<string> Directories, IReadOnlyList<FileCopy> Files, IReadOnlyList<string> Skipped);
