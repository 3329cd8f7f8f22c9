namespace AppLayer.Registry.Text;

/// <summary>The versions of .reg files.</summary>
public enum RegFileVersion
{
    /// <summary><c>REGEDIT4</c>: text of a code page, and texts in hexadecimal (types 1, 2 and 7) too.</summary>
    Version4 = 4,

    /// <summary><c>Windows Registry Editor Version 5.00</c>: UTF-16LE with a byte order mark.</summary>
    Version5 = 5,
}
