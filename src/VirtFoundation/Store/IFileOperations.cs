namespace VirtFoundation.Store;

/// <summary>The steps of a durable change, each of which can fail: tests let them.</summary>
internal interface IFileOperations
{
    /// <summary>Makes a directory that its owner alone can use, with those that lead to it; one that is there stays.</summary>
    void CreateDirectory(string path);

    /// <summary>Makes or empties a file that its owner alone can use.</summary>
    FileStream Create(string path);

    /// <summary>Appends to a file just made.</summary>
    void Write(FileStream file, ReadOnlySpan<byte> data);

    /// <summary>Waits until the file's content is on the disk.</summary>
    void Flush(FileStream file);

    /// <summary>Gives a file another name, in place of the one that has it.</summary>
    void Rename(string from, string to);

    /// <summary>Gives a directory another name, which must be free.</summary>
    void RenameDirectory(string from, string to);

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    void FlushDirectory(string path);

    /// <summary>Removes a file.</summary>
    void Delete(string path);

    /// <summary>Removes a directory with what is in it.</summary>
    void DeleteDirectory(string path);
}
