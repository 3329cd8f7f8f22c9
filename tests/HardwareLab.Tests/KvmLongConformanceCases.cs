using LabRunner;

namespace HardwareLabTests;

/// <summary>The cases of the conformance suite that only the nightly form runs in the lab.</summary>
public static class KvmLongConformanceCases
{
    public static IEnumerable<LabCase> Cases => KvmConformanceCases.Rest;
}
