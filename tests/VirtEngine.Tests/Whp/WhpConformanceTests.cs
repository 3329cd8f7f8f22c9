using VirtEngine.Conformance;

namespace VirtEngine.Tests.Whp;

/// <summary>The seam's conformance suite through the WHP backend's exit loop, over a fake platform with the software CPU underneath.</summary>
public sealed class WhpConformanceTests
{
    // They ask for the faults that led to a triple fault, which the platform does not tell.
    private static readonly string[] Untold =
        ["TrapTests.Fault_while_a_fault_is_delivered_is_a_double_fault_and_then_the_end", "PagingTests.PAE_paging_reaches_small_and_2_MiB_pages_and_knows_no_execute"];

    // They need many rounds in little time, and the fake steps.
    private static readonly string[] TooLong =
        ["StateTests.State_taken_in_the_middle_of_a_computation_goes_on_in_another_partition", "PagingTests.Walk_does_not_touch_an_entry_that_has_just_been_taken_away"];

    private static IEnumerable<string> All => ConformanceSuite.For<SleepingWhpBackend>().Select(one => one.Name);

    public static TheoryData<string> Names => [.. All.Except(Untold).Except(TooLong)];

    [Fact]
    public void What_is_left_out_is_in_the_suite() => Assert.Equal([.. Untold, .. TooLong], Untold.Concat(TooLong).Intersect(All));

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_sleeps_in_halts(string name) => ConformanceSuite.For<SleepingWhpBackend>().Single(one => one.Name == name).Run();

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_leaves_at_halts_and_calls_devices_canceled(string name) =>
        ConformanceSuite.For<LeavingWhpBackend>().Single(one => one.Name == name).Run();
}
