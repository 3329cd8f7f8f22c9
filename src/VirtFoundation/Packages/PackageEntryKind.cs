namespace VirtFoundation.Packages;

/// <summary>What something that a package installs is.</summary>
internal enum PackageEntryKind
{
    Directory,
    File,
    SymbolicLink,

    /// <summary>Another name of a file that came before.</summary>
    HardLink,

    /// <summary>A device, pipe or something else.</summary>
    Other,
}
