using HardwareLab;
using LabRunner;
using VirtEngine.Tests.Linux;

namespace HardwareLabTests;

/// <summary>An unmodified Debian kernel on the KVM backend, on a processor with AMD-V.</summary>
[Collection(LabCollection.Name)]
public sealed class KvmLinuxTests(SharedLab shared)
{
    private static readonly Lazy<LabSuite> Suite = new(() => SuiteOf(typeof(KvmLinuxCases))), NightlySuite = new(() => SuiteOf(typeof(KvmLinuxNightlyCases)));

    public static TheoryData<string> Names => NamesOf(typeof(KvmLinuxCases));

    public static TheoryData<string> NightlyNames => NamesOf(typeof(KvmLinuxNightlyCases));

    [LabTheory]
    [MemberData(nameof(Names))]
    public async Task In_the_lab(string name) => (await Suite.Value.OutcomeAsync(shared.Lab, name)).Conclude();

    [LabTheory(nightly: true)]
    [MemberData(nameof(NightlyNames))]
    public async Task In_the_lab_for_longer(string name) => (await NightlySuite.Value.OutcomeAsync(shared.Lab, name)).Conclude();

    private static TheoryData<string> NamesOf(Type cases) => [.. LabCase.Of(cases).Select(one => one.Name)];

    private static LabSuite SuiteOf(Type cases) => new(cases, TimeSpan.FromMinutes(3), new Dictionary<string, string>
    {
        [KvmLinuxCases.KernelVariable] = LinuxGuest.Image.KernelPath, [KvmLinuxCases.InitrdVariable] = LinuxGuest.Image.InitrdPath!,
    });
}
