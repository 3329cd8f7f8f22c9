namespace AppLayer.Registry;

/// <summary>The type that a value says it has (winnt.h, REG_*). Programs store others too, which are kept as they are.</summary>
public enum RegistryValueType : uint
{
    /// <summary>REG_NONE.</summary>
    None,

    /// <summary>REG_SZ: UTF-16LE text, usually with a NUL at its end.</summary>
    String,

    /// <summary>REG_EXPAND_SZ: text with environment variables.</summary>
    ExpandString,

    /// <summary>REG_BINARY.</summary>
    Binary,

    /// <summary>REG_DWORD: 32 bits, little-endian.</summary>
    Dword,

    /// <summary>REG_DWORD_BIG_ENDIAN.</summary>
    DwordBigEndian,

    /// <summary>REG_LINK: the target of a symbolic link, UTF-16LE without a NUL.</summary>
    Link,

    /// <summary>REG_MULTI_SZ: texts, each with a NUL, and one more at the end.</summary>
    MultiString,

    /// <summary>REG_RESOURCE_LIST.</summary>
    ResourceList,

    /// <summary>REG_FULL_RESOURCE_DESCRIPTOR.</summary>
    FullResourceDescriptor,

    /// <summary>REG_RESOURCE_REQUIREMENTS_LIST.</summary>
    ResourceRequirementsList,

    /// <summary>REG_QWORD: 64 bits, little-endian.</summary>
    Qword,
}
