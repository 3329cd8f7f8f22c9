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

    // What such a KVM does wrong, or not at all, without leaving the guest for it: what it leaves the guest for is completed. Pauses of its time-stamp
    // counter; system calls, interrupts and task gates of user programs; interrupt shadows and single steps; 32-bit and PAE paging; ends of interrupts.
    private static readonly string[] NeedsHardware =
    [
        "InterruptTests.End_of_a_level", "InterruptTests.Message_wakes", "InterruptTests.Wire_of_the_8259s_wakes",
        "LegacyModeTests.User_cannot_end_the_machine", "PagingTests.Code_in_a_segment_that_begins_within_a_page", "PagingTests.PAE_paging",
        "PagingTests.Store_across_pages_that_faults", "PagingTests.Thirty_two_bit_paging", "PagingTests.Walk_does_not_touch", "StateTests.State_taken_in_the_middle",
        "TimeTests.Deadline_waits", "TimeTests.Time_stamp_counter", "TrapTests.Benign_fault", "TrapTests.INT1_passes", "TrapTests.IRET_to_nonsense",
        "TrapTests.Load_of_SS_lets", "TrapTests.NMI_that_comes_in_an_interrupt_shadow", "TrapTests.STI_lets", "TrapTests.Single_step_of_a_system_call",
        "TrapTests.Single_step_sees_each_round", "TrapTests.Single_step_waits_for", "TrapTests.System_calls", "TrapTests.User_",
        "TrapTests.Value_that_a_register_refuses",
    ];

    // It writes on in a ring that is full.
    private static readonly string[] NeedsRoom = ["DirtyTrackingTests.Copy_of_what", "DirtyTrackingTests.Pages_by_the_thousand"];

    public static TheoryData<string> Names =>
        [.. ConformanceSuite.For<KvmBackend>().Select(one => one.Name).Where(name => !name.Contains("Locked_counts", StringComparison.Ordinal) || Usable.Value)];

    public static TheoryData<string> RingNames =>
        [.. KvmDirtyRingBackend.Cases.Select(one => one.Name).Where(name => !name.Contains("Locked_counts", StringComparison.Ordinal) || Usable.Value)];

    [CaseTheory]
    [MemberData(nameof(Names))]
    public void On_this_host(string name) => Run(ConformanceSuite.For<KvmBackend>(), name, NeedsHardware);

    [CaseTheory]
    [MemberData(nameof(RingNames))]
    public void On_this_host_by_rings_of_written_pages(string name) => Run(KvmDirtyRingBackend.Cases, name, [.. NeedsHardware, .. NeedsRoom]);

    private static void Run(IEnumerable<ConformanceCase> cases, string name, string[] needs)
    {
        if (!File.Exists("/dev/kvm")) throw new CaseSkippedException("There is no /dev/kvm.");
        try
        {
            cases.Single(one => one.Name == name).Run();
        }
        catch (Exception e) when (!Usable.Value && Array.Exists(needs, known => name.StartsWith(known, StringComparison.Ordinal)))
        {
            throw new CaseSkippedException($"The host's KVM has no VT-x or AMD-V underneath: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
