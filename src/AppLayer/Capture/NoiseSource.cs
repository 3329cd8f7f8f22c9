namespace AppLayer.Capture;

/// <summary>Who says that something isn't part of a layer.</summary>
public enum NoiseSource
{
    /// <summary>The rules that VirtTools brings, or those that an administrator put in their place.</summary>
    Rules,

    /// <summary>The spec's <c>rules.exclude</c>.</summary>
    Spec,

    /// <summary>The system changes it by itself: a control run without the installation made the same.</summary>
    ControlRun,

    /// <summary>Nothing but a time is other than in the base: of a directory or key in which something came and went.</summary>
    Untouched,
}
