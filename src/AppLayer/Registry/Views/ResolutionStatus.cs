namespace AppLayer.Registry.Views;

/// <summary>How the search for a key ended.</summary>
public enum ResolutionStatus
{
    /// <summary>The key is there.</summary>
    Found,

    /// <summary>It isn't there; the path says where it would be made.</summary>
    Missing,

    /// <summary>The text is no path of a root that layers have.</summary>
    NotAPath,

    /// <summary>A link on the way names no place that layers have; the path is the link's own.</summary>
    LinkBroken,

    /// <summary>There were more than <see cref="RegistryView.LinkHops"/> links on the way.</summary>
    TooManyLinks,
}
