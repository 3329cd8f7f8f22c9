namespace VirtEngine.Images;

/// <summary>The steps by which the store changes the disk, so that tests can let any of them fail.</summary>
internal interface IFileOperations
{
    /// <summary>Creates a directory for its owner alone.</summary>
    void CreateDirectory(string path);

    /// <summary>Creates a file for its owner alone; it must not exist yet.</summary>
    Stream CreateFile(string path);

    /// <summary>Writes to a file.</summary>
    void Write(Stream file, ReadOnlySpan<byte> bytes);

    /// <summary>Brings a file's content to the disk.</summary>
    void Flush(Stream file);

    /// <summary>Brings a directory's entries to the disk.</summary>
    void FlushDirectory(string path);

    /// <summary>Renames a directory; the new name must be free.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a directory with what is in it.</summary>
    void DeleteDirectory(string path);
}
