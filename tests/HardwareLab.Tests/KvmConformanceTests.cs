using HardwareLab;
using LabRunner;

namespace HardwareLabTests;

/// <summary>The seam's conformance suite against the KVM backend on a processor with AMD-V.</summary>
[Collection(LabCollection.Name)]
public sealed class KvmConformanceTests(SharedLab shared)
{
    private static readonly LabSuite Suite = new(typeof(KvmConformanceCases), TimeSpan.FromSeconds(40));

    public static TheoryData<string> Names => [.. LabCase.Of(typeof(KvmConformanceCases)).Select(one => one.Name)];

    [LabTheory]
    [MemberData(nameof(Names))]
    public async Task In_the_lab(string name) => (await Suite.OutcomeAsync(shared.Lab, name)).Conclude();
}
