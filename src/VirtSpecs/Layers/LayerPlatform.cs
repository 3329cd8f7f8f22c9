namespace VirtSpecs;

/// <summary>The systems whose programs a layer can hold.</summary>
public enum LayerPlatform
{
    /// <summary>Windows, or Wine.</summary>
    Windows,

    /// <summary>Linux.</summary>
    Linux,
}
