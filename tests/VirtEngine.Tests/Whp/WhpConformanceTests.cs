using VirtEngine.Conformance;

namespace VirtEngine.Tests.Whp;

/// <summary>The seam's conformance suite through the WHP backend's exit loop, over a fake platform with the software CPU underneath.</summary>
public sealed class WhpConformanceTests
{
    public static TheoryData<string> Names => [.. ConformanceSuite.For<SleepingWhpBackend>().Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_sleeps_in_halts(string name) => ConformanceSuite.For<SleepingWhpBackend>().Single(one => one.Name == name).Run();

    [Theory]
    [MemberData(nameof(Names))]
    public void Over_a_platform_that_leaves_at_halts_and_calls_devices_canceled(string name) =>
        ConformanceSuite.For<LeavingWhpBackend>().Single(one => one.Name == name).Run();
}
