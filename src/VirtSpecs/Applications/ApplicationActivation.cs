namespace VirtSpecs;

/// <summary>Who sees an application's layers.</summary>
public enum ApplicationActivation
{
    /// <summary>The application's processes alone.</summary>
    Isolated,

    /// <summary>The whole system.</summary>
    [Unsupported]
    Global,
}
