using VirtEngine.Conformance;

namespace VirtEngine.Tests.Whp;

/// <summary>The seam's conformance suite through the WHP backend's exit loop, over a fake platform with the software CPU underneath.</summary>
public sealed class WhpConformanceTests
{
    // They ask for the faults that led to a triple fault, which the platform does not tell.
    private static readonly string[] Untold =
        ["TrapTests.Fault_while_a_fault_is_delivered_is_a_double_fault_and_then_the_end", "PagingTests.PAE_paging_reaches_small_and_2_MiB_pages_and_knows_no_execute"];

    public static TheoryData<string> Names => [.. ConformanceSuite.For<SleepingWhpBackend>().Select(one => one.Name).Except(Untold)];

    [Fact]
    public void What_is_left_out_is_in_the_suite() => Assert.Equal(Untold, Untold.Intersect(ConformanceSuite.For<SleepingWhpBackend>().Select(one => one.Name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_sleeps_in_halts(string name) => ConformanceSuite.For<SleepingWhpBackend>().Single(one => one.Name == name).Run();

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_leaves_at_halts_and_calls_devices_canceled(string name) =>
        ConformanceSuite.For<LeavingWhpBackend>().Single(one => one.Name == name).Run();
}
