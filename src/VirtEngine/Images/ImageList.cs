namespace VirtEngine.Images;

/// <summary>What is in the store.</summary>
/// <param name="Images">The images, by name, the newest of a name first.</param>
/// <param name="Problems">Directories that are no sound images; they can be removed.</param>
public sealed record ImageList(IReadOnlyList<ImageRecord> Images, IReadOnlyList<ImageProblem> Problems);
