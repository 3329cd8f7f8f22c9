using HardwareLab;
using LabRunner;
using VirtEngine.Conformance;
using VirtEngine.Hypervisors.Kvm;

namespace HardwareLabTests;

/// <summary>
/// The conformance suite against the KVM of the host that runs the tests. Where the probe says that it cannot run an operating system, what
/// it is known not to do may fail, and is then listed as skipped with what happened.
/// </summary>
public sealed class HostKvmTests
{
    private static readonly Lazy<bool> Usable = new(() => new KvmHypervisor().Probe().Usable);

    // What needs more of kernel mode than a KVM without VT-x or AMD-V emulates.
    private static readonly string[] NeedsHardware =
    [
        "LegacyModeTests.User_", "PagingTests.", "TrapTests.", "StateTests.", "TimeTests.", "InterruptTests.End_of_a_level", "InterruptTests.Message_wakes",
        "InterruptTests.Start_up", "InterruptTests.Wire_of_the_8259s_wakes", "InterruptTests.Processors_interrupt", "InterruptTests.Task_priority",
    ];

    public static TheoryData<string> Names =>
        [.. ConformanceSuite.For<KvmBackend>().Select(one => one.Name).Where(name => !name.Contains("Locked_counts", StringComparison.Ordinal) || Usable.Value)];

    public static TheoryData<string> RingNames =>
        [.. KvmDirtyRingBackend.Cases.Select(one => one.Name).Where(name => !name.Contains("Locked_counts", StringComparison.Ordinal) || Usable.Value)];

    [CaseTheory]
    [MemberData(nameof(Names))]
    public void On_this_host(string name) => Run(ConformanceSuite.For<KvmBackend>(), name);

    [CaseTheory]
    [MemberData(nameof(RingNames))]
    public void On_this_host_by_rings_of_written_pages(string name) => Run(KvmDirtyRingBackend.Cases, name);

    private static void Run(IEnumerable<ConformanceCase> cases, string name)
    {
        if (!File.Exists("/dev/kvm")) throw new CaseSkippedException("There is no /dev/kvm.");
        try
        {
            cases.Single(one => one.Name == name).Run();
        }
        catch (Exception e) when (!Usable.Value && Array.Exists(NeedsHardware, known => name.StartsWith(known, StringComparison.Ordinal)))
        {
            throw new CaseSkippedException($"The host's KVM has no VT-x or AMD-V underneath: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
