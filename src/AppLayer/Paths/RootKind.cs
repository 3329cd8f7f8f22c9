namespace AppLayer.Paths;

/// <summary>What a root's text is, which says where it ends in other text and where it may stand.</summary>
public enum RootKind
{
    /// <summary>A directory's path.</summary>
    Path,

    /// <summary>A user's identifier. It stands in names of keys too.</summary>
    Identifier,
}
