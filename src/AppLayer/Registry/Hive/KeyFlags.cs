namespace AppLayer.Registry.Hive;

/// <summary>A key node's flags that have a meaning here (regf specification, "Key node", "Flags").</summary>
[Flags]
internal enum KeyFlags : ushort
{
    /// <summary>KEY_HIVE_ENTRY: the hive's root.</summary>
    Root = 0x04,

    /// <summary>KEY_NO_DELETE.</summary>
    NoDelete = 0x08,

    /// <summary>KEY_SYM_LINK.</summary>
    Link = 0x10,

    /// <summary>KEY_COMP_NAME: the name has one byte for a character.</summary>
    CompressedName = 0x20,

    /// <summary>KEY_PREDEF_HANDLE: the number of values is a handle, and there are none.</summary>
    PredefinedHandle = 0x40,
}
