using LabRunner;
using Xunit;
using Xunit.Sdk;

namespace HardwareLab;

/// <summary>A theory of which a case that throws <see cref="CaseSkippedException"/> is listed as skipped, with the exception's message as the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("HardwareLab.CaseDiscoverer", "HardwareLab")]
public class CaseTheoryAttribute : TheoryAttribute;
