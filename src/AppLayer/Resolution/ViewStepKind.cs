namespace AppLayer.Resolution;

/// <summary>What a step towards a view does.</summary>
internal enum ViewStepKind
{
    /// <summary>Mounts a file system in memory.</summary>
    Memory,

    /// <summary>Makes a directory, if it is missing.</summary>
    Directory,

    /// <summary>Gives a directory that exists the attributes of another.</summary>
    Attributes,

    /// <summary>Makes an empty file, for something to be mounted on.</summary>
    File,

    /// <summary>Makes a symbolic link.</summary>
    Link,

    /// <summary>Mounts an overlay.</summary>
    Overlay,

    /// <summary>Shows a file or directory of the host with all that is mounted in it.</summary>
    Bind,
}
