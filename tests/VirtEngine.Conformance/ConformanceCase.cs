namespace VirtEngine.Conformance;

/// <summary>One test of the suite against one backend.</summary>
/// <param name="Name">Class, method and arguments.</param>
/// <param name="Run">Runs it; what it throws is the failure.</param>
public sealed record ConformanceCase(string Name, Action Run)
{
    public override string ToString() => Name;
}
