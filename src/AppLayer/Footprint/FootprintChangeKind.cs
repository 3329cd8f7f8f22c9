namespace AppLayer.Footprint;

/// <summary>What a change outside the writable layers is.</summary>
public enum FootprintChangeKind
{
    /// <summary>A file, directory or link is new.</summary>
    Added,

    /// <summary>A file, directory or link is gone.</summary>
    Removed,

    /// <summary>A file's content is another, or a device's number.</summary>
    Content,

    /// <summary>Attributes differ: hidden, system, read-only …; on Linux immutable, append only, no dump, the root of a mount …</summary>
    Attributes,

    /// <summary>The time of the last modification is another.</summary>
    Time,

    /// <summary>A symbolic link leads elsewhere, or a file has more or fewer names.</summary>
    Link,

    /// <summary>Permission bits differ.</summary>
    Mode,

    /// <summary>The owner or group is another.</summary>
    Owner,

    /// <summary>Extended attributes differ; on Windows the security descriptor.</summary>
    ExtendedAttribute,

    /// <summary>A registry key is new.</summary>
    KeyAdded,

    /// <summary>A registry key is gone.</summary>
    KeyRemoved,

    /// <summary>A registry key's class is another, or it became a link, or is none any more.</summary>
    KeyAttributes,

    /// <summary>A registry value is new.</summary>
    ValueAdded,

    /// <summary>A registry value is gone.</summary>
    ValueRemoved,

    /// <summary>A registry value's type is another.</summary>
    ValueType,

    /// <summary>A registry value's data is other.</summary>
    ValueData,
}
