using LabRunner;

namespace HardwareLab;

/// <summary>What came of a case in the lab.</summary>
/// <param name="Event">How it ended.</param>
/// <param name="Text">Milliseconds in the lab, the exception, or the reason for which it cannot run there.</param>
public sealed record LabOutcome(CaseEvent Event, string Text)
{
    /// <summary>Ends a test as the case has ended.</summary>
    /// <exception cref="CaseFailedException">It failed.</exception>
    /// <exception cref="CaseSkippedException">It cannot run there; <see cref="CaseTheoryAttribute"/> makes it a skipped test.</exception>
    public void Conclude()
    {
        if (Event == CaseEvent.Fail) throw new CaseFailedException(Text);
        if (Event == CaseEvent.Skip) throw new CaseSkippedException(Text);
    }
}
