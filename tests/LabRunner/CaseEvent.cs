namespace LabRunner;

/// <summary>What is told of a case.</summary>
public enum CaseEvent
{
    /// <summary>It begins.</summary>
    Begin,

    /// <summary>It ended well; the text is how many milliseconds it took.</summary>
    Pass,

    /// <summary>It failed; the text is the exception.</summary>
    Fail,

    /// <summary>It cannot run here; the text is the reason.</summary>
    Skip,
}
