using HardwareLab;
using LabRunner;

namespace HardwareLabTests;

/// <summary>The rest of the conformance suite against the KVM backend on a processor with AMD-V.</summary>
[Collection(LabCollection.Name)]
public sealed class KvmLongConformanceTests(SharedLab shared)
{
    private static readonly LabSuite Suite = new(typeof(KvmLongConformanceCases), TimeSpan.FromSeconds(40));

    public static TheoryData<string> Names => [.. LabCase.Of(typeof(KvmLongConformanceCases)).Select(one => one.Name)];

    [LabTheory(nightly: true)]
    [MemberData(nameof(Names))]
    public async Task In_the_lab(string name) => (await Suite.OutcomeAsync(shared.Lab, name)).Conclude();
}
