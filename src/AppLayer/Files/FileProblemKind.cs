namespace AppLayer.Files;

/// <summary>What of a directory a layer cannot hold, or can hold only in part.</summary>
public enum FileProblemKind
{
    /// <summary>A socket, device or named pipe: left out.</summary>
    Special,

    /// <summary>A name or link text that is no UTF-8: left out.</summary>
    Name,

    /// <summary>Two names of a Windows directory differ only in case: programs see one of them.</summary>
    Case,

    /// <summary>Two directories stand for the same known root: the second, with what is in it, is left out.</summary>
    Root,

    /// <summary>An access control list or another extended attribute that layers have no place for: the file is kept without it.</summary>
    Attribute,

    /// <summary>overlayfs keeps the content or place of the file elsewhere (redirect, metacopy): left out.</summary>
    Incomplete,

    /// <summary>A time before 1601: taken as unknown.</summary>
    Time,

    /// <summary>An owner, or a right to act as root, that this user may not give: the tree's file is without it.</summary>
    Owner,
}
