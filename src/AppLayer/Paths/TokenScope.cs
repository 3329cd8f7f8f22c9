namespace AppLayer.Paths;

/// <summary>Which roots are looked for.</summary>
public enum TokenScope
{
    /// <summary>All.</summary>
    Text,

    /// <summary>Identifiers alone, in names that can't hold a path.</summary>
    Name,
}
