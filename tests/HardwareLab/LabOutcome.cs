using LabRunner;

namespace HardwareLab;

/// <summary>What came of a case in the lab.</summary>
/// <param name="Event">How it ended.</param>
/// <param name="Text">Milliseconds in the lab, the exception, or the reason for which it cannot run there.</param>
public sealed record LabOutcome(CaseEvent Event, string Text);
