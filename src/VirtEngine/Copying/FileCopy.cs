namespace VirtEngine.Copying;

/// <summary>A file to copy.</summary>
/// <param name="Source">From where.</param>
/// <param name="Target">To where.</param>
public readonly record struct FileCopy(string Source, string Target);
