namespace AppLayer.Activation;

/// <summary>What a start is at.</summary>
public enum ActivationStage
{
    /// <summary>The Wine prefix below all Windows programs is being made, once for each version of Wine.</summary>
    MakingBasePrefix,

    /// <summary>The view is being made and the program started.</summary>
    Starting,
}
