namespace AppLayer.Registry;

/// <summary>What Windows' registry can hold ("Registry element size limits", Win32 documentation). Whoever reads a registry holds to them.</summary>
public static class RegistryLimits
{
    /// <summary>UTF-16 units of a key's name.</summary>
    public const int KeyName = 255;

    /// <summary>UTF-16 units of a value's name.</summary>
    public const int ValueName = 16_383;

    /// <summary>UTF-16 units of a class: its length in bytes has 16 bits.</summary>
    public const int Class = 32_767;

    /// <summary>Keys one inside the other.</summary>
    public const int Depth = 512;
}
