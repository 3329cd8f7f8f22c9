namespace VirtSpecs.Tests;

public class PlanTests
{
    private static Machine Web => new() { Name = "web01", Boot = new() { Image = "debian-12-cloud" } };

    [Fact]
    public void What_does_not_exist_is_created_and_started_on_demand()
    {
        Assert.Equal(["Create Machine web01: it doesn't exist"], Texts(Plan.Compute([Web], [])));
        Assert.Equal(["Create Machine web01: it doesn't exist", "Start Machine web01: it is wanted running"],
            Texts(Plan.Compute([Web], [], new() { Start = true })));
    }

    [Fact]
    public void What_is_as_it_should_be_needs_nothing() =>
        Assert.Equal(["None Machine web01: it is as the spec says"],
            Texts(Plan.Compute([Web], [new(Web, RunState.Running)], new() { Start = true })));

    [Fact]
    public void A_running_machine_is_stopped_for_what_needs_it()
    {
        var wanted = Web with { Memory = ByteSize.FromGiB(1), Boot = Web.Boot with { CommandLine = "quiet" }, Notes = "new" };
        var changes = Plan.Compute([wanted], [new(Web, RunState.Running)]);
        Assert.Equal(
            [
                "Stop Machine web01: memory, boot.commandLine can change only while it is stopped",
                "Update Machine web01: notes is empty, wanted is new",
                "Update Machine web01: memory is 512MiB, wanted is 1GiB",
                "Update Machine web01: boot.commandLine is not set, wanted is quiet",
                "Start Machine web01: it ran before the change",
            ],
            Texts(changes));
        Assert.Equal((ByteSize.FromMiB(512), ByteSize.FromGiB(1)), ((ByteSize)changes[2].From!, (ByteSize)changes[2].To!));
    }

    [Fact]
    public void A_running_machine_keeps_running_for_what_does_not_need_a_stop() =>
        Assert.Equal(["Update Machine web01: stop.timeout is 30s, wanted is 5m"],
            Texts(Plan.Compute([Web with { Stop = new() { Timeout = TimeSpan.FromMinutes(5) } }], [new(Web, RunState.Running)])));

    [Theory]
    [InlineData(RunState.Stopped, "it is stopped, wanted is running")]
    [InlineData(RunState.Paused, "it is paused, wanted is running")]
    [InlineData(RunState.Failed, "it is failed, wanted is running")]
    public void What_does_not_run_is_started_on_demand(RunState state, string reason) =>
        Assert.Equal([$"Start Machine web01: {reason}"], Texts(Plan.Compute([Web], [new(Web, state)], new() { Start = true })));

    [Fact]
    public void What_no_spec_names_stays_unless_its_removal_is_asked_for()
    {
        SpecState[] actual = [new(Web, RunState.Running)];
        var other = Web with { Name = "web02" };
        Assert.Equal(["Create Machine web02: it doesn't exist"], Texts(Plan.Compute([other], actual)));
        Assert.Equal(
            ["Stop Machine web01: no spec names it", "Remove Machine web01: no spec names it", "Create Machine web02: it doesn't exist"],
            Texts(Plan.Compute([other], actual, new() { RemoveOthers = true })));
    }

    [Fact]
    public void A_name_in_another_case_is_the_same_machine_with_a_new_label() =>
        Assert.Equal(["Update Machine web01: name is web01, wanted is WEB01"],
            Texts(Plan.Compute([Web with { Name = "WEB01" }], [new(Web, RunState.Running)])));

    private static IEnumerable<string> Texts(IEnumerable<SpecChange> changes) => changes.Select(change => change.ToString());
}
