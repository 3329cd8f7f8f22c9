using HardwareLab;
using LabRunner;

namespace HardwareLabTests;

/// <summary>The lab's own ground: its KVM does what one on a real processor does.</summary>
[Collection(LabCollection.Name)]
public sealed class KvmCaseTests(SharedLab shared)
{
    private static readonly LabSuite Suite = new(typeof(KvmCases), TimeSpan.FromSeconds(20));

    public static TheoryData<string> Names => [.. LabCase.Of(typeof(KvmCases)).Select(one => one.Name)];

    [LabTheory]
    [MemberData(nameof(Names))]
    public async Task In_the_lab(string name) => (await Suite.OutcomeAsync(shared.Lab, name)).Conclude();
}
