namespace AppLayer.Store;

/// <summary>What a check of a layer can find.</summary>
public enum FindingCode
{
    /// <summary>The manifest cannot be read, or is not the one that was committed.</summary>
    ManifestDamaged,

    /// <summary>The registry's hive cannot be read, or is not the one that was committed.</summary>
    RegistryDamaged,

    /// <summary>Manifest and registry do not give the layer's digest.</summary>
    DigestDiffers,

    /// <summary>The tree lacks something that the manifest names.</summary>
    FileMissing,

    /// <summary>The tree has something that the manifest does not name.</summary>
    FileUnknown,

    /// <summary>A file's content is not the one that was committed.</summary>
    ContentDiffers,

    /// <summary>A file's mode, owner, time, attributes or link is not the one that was committed.</summary>
    MetadataDiffers,

    /// <summary>Something of the source could not be taken into the layer, or not wholly.</summary>
    NotCommitted,

    /// <summary>A file's content holds a path that can be another one elsewhere.</summary>
    PathInContent,

    /// <summary>A file's content holds the user's identifier, name or home directory.</summary>
    UserInContent,

    /// <summary>An owner or group that another machine may not have.</summary>
    Owner,

    /// <summary>An extended attribute that another file system may not have.</summary>
    ExtendedAttribute,

    /// <summary>A name that Windows does not allow.</summary>
    NameIllegalOnWindows,

    /// <summary>Names in a directory that differ only in case.</summary>
    NameCase,

    /// <summary>A symbolic link that leads out of the known roots.</summary>
    LinkOutside,
}
