namespace VirtEngine.Copying;

/// <summary>A file or directory of a guest, as the guest tells of it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Directories">Directories below it, if they were asked for.</param>
/// <param name="Files">Files below it, if they were asked for.</param>
/// <param name="Others">What is neither: itself, or below it.</param>
internal sealed record GuestItem(
    string Path, bool IsDirectory, IReadOnlyList<string> Directories, IReadOnlyList<string> Files, IReadOnlyList<string> Others);
