namespace AppLayer.Files;

/// <summary>Something in a directory that its <see cref="FileTree"/> lacks or shows in part.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">Where, relative to the directory, with <c>/</c> between the parts.</param>
/// <param name="Message">What is wrong and what became of it.</param>
public sealed record FileProblem(FileProblemKind Kind, string Path, string Message);
