namespace VirtSpecs;

/// <summary>A record within a spec that has rules over several of its members.</summary>
internal interface ISpecRules
{
    /// <summary>What breaks the rules, nothing when all are kept. Every member keeps its own limits when this is asked.</summary>
    IEnumerable<SpecViolation> FindViolations();
}
