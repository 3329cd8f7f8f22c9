using AppLayer.Files;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Store;

namespace AppLayer.Store;

/// <summary>The steps of a commit beyond those of every durable change. Tests let each of them fail.</summary>
internal interface IStoreOperations : IFileOperations
{
    /// <summary>Makes a directory of a tree, with what is its owner's alone for the time being.</summary>
    void CreateTreeDirectory(string path);

    /// <summary>Makes a file of a tree, which must not be there.</summary>
    SafeFileHandle CreateContent(string path);

    /// <summary>Writes a block of content.</summary>
    void WriteContent(SafeFileHandle file, ReadOnlySpan<byte> data, long offset);

    /// <summary>Makes a file share another one's blocks, until one of them is written.</summary>
    /// <returns>False if the file system cannot.</returns>
    bool Clone(SafeFileHandle from, SafeFileHandle to);

    /// <summary>Gives a file one more name.</summary>
    /// <returns>False if that cannot be: no such file, too many names, another file system, somebody else's file.</returns>
    bool Link(string from, string to);

    /// <summary>Gives an open file one more name.</summary>
    /// <returns>False if that cannot be, as in <see cref="Link"/>.</returns>
    bool Adopt(SafeFileHandle file, string to);

    /// <summary>Makes a symbolic link.</summary>
    void CreateSymbolicLink(string path, string target);

    /// <summary>Makes overlayfs' mark of a deletion.</summary>
    void CreateWhiteout(string path);

    /// <summary>Gives what stands at a path mode, owner, attributes and times; overlayfs' own attributes go.</summary>
    /// <returns>What could not be given for want of rights; null if nothing.</returns>
    string? SetMetadata(string path, FileEntry entry);

    /// <summary>Waits until everything that was written to a directory's file system is on the disk.</summary>
    void FlushFileSystem(string directory);
}
