namespace VirtSpecs;

/// <summary>The system whose programs a layer holds.</summary>
public enum LayerPlatform
{
    /// <summary>Windows: names are case-insensitive, there is a registry; on Linux its programs run under Wine.</summary>
    Windows,

    /// <summary>Linux.</summary>
    Linux,
}
