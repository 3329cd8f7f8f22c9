namespace AppLayer.Resolution;

/// <summary>What is at a path of a stack.</summary>
public enum ResolvedKind
{
    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file.</summary>
    File,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A registry key.</summary>
    RegistryKey,

    /// <summary>A value of a registry key.</summary>
    RegistryValue,
}
