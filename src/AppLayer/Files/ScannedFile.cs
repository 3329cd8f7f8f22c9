namespace AppLayer.Files;

/// <summary>An entry as a scan found it.</summary>
/// <param name="Entry">The entry; its digest is not computed yet.</param>
/// <param name="Place">Where it is, relative to the directory, with <c>/</c> between the parts.</param>
/// <param name="Stamp">The file as its file system knows it.</param>
internal sealed record ScannedFile(FileEntry Entry, string Place, FileStamp Stamp);
