namespace AppLayer.Registry.Text;

/// <summary>What a Wine prefix is made for, as its registry files say it (<c>#arch=</c>).</summary>
public enum WineArchitecture
{
    /// <summary>The file does not say.</summary>
    None,

    /// <summary>32-bit programs alone.</summary>
    Win32,

    /// <summary>64-bit programs, and 32-bit ones beside them.</summary>
    Win64,
}
