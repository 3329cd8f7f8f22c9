namespace AppLayer.Files;

/// <summary>What a directory holds.</summary>
/// <param name="Files">Its files.</param>
/// <param name="Problems">What could not be taken in, or not wholly; nothing is lost without a word.</param>
public sealed record FileScan(FileTree Files, IReadOnlyList<FileProblem> Problems);
