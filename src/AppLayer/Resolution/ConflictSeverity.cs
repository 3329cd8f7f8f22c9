namespace AppLayer.Resolution;

/// <summary>How much a conflict between layers matters.</summary>
public enum ConflictSeverity
{
    /// <summary>What one layer has is merged with the other's, or differs in nothing that programs read.</summary>
    Information,

    /// <summary>The upper layer's is seen in place of the lower one's: the lower layer's application may miss it.</summary>
    Warning,

    /// <summary>A whole directory, or a file that the lower layer relies on, is not seen at all.</summary>
    Error,
}
