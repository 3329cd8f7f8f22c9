namespace AppLayer.Paths;

/// <summary>
/// A folder that every system has, if not at the same path: files are kept under its name, and paths in data are written with it.
/// </summary>
/// <param name="Name">Its name, as written in braces: <c>{ProgramFiles}</c>.</param>
/// <param name="FolderId">Windows' identifier (KnownFolders.h, FOLDERID_*); null where Windows has none.</param>
/// <param name="Default">Where a 64-bit Windows has it unless told otherwise, by other roots; null where there is no such place.</param>
public sealed record KnownRoot(string Name, Guid? FolderId, string? Default);
