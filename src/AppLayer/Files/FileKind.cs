namespace AppLayer.Files;

/// <summary>What stands at a path of a layer.</summary>
public enum FileKind
{
    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file with content.</summary>
    File,

    /// <summary>A symbolic link, kept as its text.</summary>
    SymbolicLink,

    /// <summary>A recorded deletion of whatever the layers below have here.</summary>
    Whiteout,
}
