using HardwareLab;
using LabRunner;
using VirtEngine.Tests.Linux;

namespace HardwareLabTests;

/// <summary>An unmodified Debian kernel on the KVM backend, on a processor with AMD-V.</summary>
[Collection(LabCollection.Name)]
public sealed class KvmLinuxTests(SharedLab shared)
{
    private static readonly Lazy<LabSuite> Suite = new(() => new LabSuite(typeof(KvmLinuxCases), TimeSpan.FromMinutes(3), new Dictionary<string, string>
    {
        [KvmLinuxCases.KernelVariable] = LinuxGuest.Image.KernelPath, [KvmLinuxCases.InitrdVariable] = LinuxGuest.Image.InitrdPath!,
    }));

    public static TheoryData<string> Names => [.. LabCase.Of(typeof(KvmLinuxCases)).Select(one => one.Name)];

    [LabTheory]
    [MemberData(nameof(Names))]
    public async Task In_the_lab(string name) => (await Suite.Value.OutcomeAsync(shared.Lab, name)).Conclude();
}
