namespace VirtSpecs.Tests;

public class SwitchTests
{
    private static readonly Switch Lab = new() { Name = "lab" };

    private static Machine Web(params MachineNetwork[] networks) =>
        new() { Name = "web01", Boot = new() { Image = "debian-12-cloud" }, Networks = [.. networks] };

    [Fact]
    public void A_switch_is_made_and_started_before_the_machines_that_were_described_first() =>
        Assert.Equal(
            ["Create Switch lab", "Start Switch lab", "Create Machine web01", "Start Machine web01"],
            Plan.Compute([Web(new MachineNetwork { Switch = "lab" }), Lab], [], new() { Start = true }).Select(change => $"{change.Action} {change.Kind} {change.Name}"));

    [Fact]
    public void A_switch_that_is_right_needs_nothing_and_is_stopped_for_another_uplink()
    {
        Assert.All(Plan.Compute([Lab], [new(Lab, RunState.Running)], new() { Start = true }), change => Assert.Equal(ChangeAction.None, change.Action));
        var changes = Plan.Compute([Lab with { Uplink = new() { Tap = "tap0" } }], [new(Lab, RunState.Running)]);
        Assert.Equal([ChangeAction.Stop, ChangeAction.Update, ChangeAction.Start], changes.Select(change => change.Action));
        Assert.All(Plan.Compute([changes[1].ApplyTo(Lab)!], [new(Lab with { Uplink = new() { Tap = "tap0" } })]), change => Assert.Equal(ChangeAction.None, change.Action));
    }

    [Fact]
    public void Machines_are_removed_before_the_switch_that_they_are_plugged_into() =>
        Assert.Equal(
            ["Stop Machine web01", "Remove Machine web01", "Stop Switch lab", "Remove Switch lab", "None Switch new", "None Machine web02"],
            Plan.Compute(
                [Web() with { Name = "web02" }, Lab with { Name = "new" }],
                [new(Lab, RunState.Running), new(Web(), RunState.Running), new(Lab with { Name = "new" }), new(Web() with { Name = "web02" })],
                new() { RemoveOthers = true }).Select(change => $"{change.Action} {change.Kind} {change.Name}"));

    [Fact]
    public void A_machine_needs_a_switch_that_is_there_or_is_described_with_it()
    {
        Spec[] machines = [Web(new MachineNetwork { Tap = "tap0" }, new MachineNetwork { Switch = "lob" })];
        var error = Assert.Single(Assert.Throws<SpecException>(() => Plan.Compute(machines, [new(Lab)])).Errors);
        Assert.Equal("networks[1].switch", error.Path);
        Assert.Contains("there is no switch 'lob', and no spec describes it in Machine web01 (did you mean lab?)", error.ToString(), StringComparison.Ordinal);

        Assert.Single(Plan.Compute(machines, [new(Lab with { Name = "LOB" })]));
        Assert.Equal(2, Plan.Compute([.. machines, Lab with { Name = "Lob" }], []).Count);
        Assert.Equal("notes", Plan.Compute(machines[0] with { Notes = "x" }, new SpecState(machines[0]))[0].Member);
    }

    [Fact]
    public void A_switch_that_a_machine_is_plugged_into_is_no_other()
    {
        var web = Web(new MachineNetwork { Switch = "lab" });
        var old = Lab with { Name = "old" };
        Assert.Equal(
            ["Remove Switch old", "None Switch new", "None Machine web01"],
            Plan.Compute([web, Lab with { Name = "new" }], [new(web), new(Lab), new(old), new(Lab with { Name = "new" })], new() { RemoveOthers = true })
                .Select(change => $"{change.Action} {change.Kind} {change.Name}"));
        Assert.Equal(
            ["Remove Switch old", "None Switch new"],
            Plan.Compute([Lab with { Name = "new" }], [new(web), new(Lab), new(old), new(Lab with { Name = "new" })], new() { RemoveOthers = true })
                .Select(change => $"{change.Action} {change.Kind} {change.Name}"));
    }

    [Theory]
    [InlineData(null, null, "needs a switch or a tap")]
    [InlineData("lab", "tap0", "can't be given together with a switch")]
    [InlineData("not a name", null, "must be a name")]
    [InlineData(null, "a/b", "must be the name of a network interface")]
    [InlineData(null, "sixteen-letters1", "at most 15 characters")]
    public void An_adapter_has_one_end(string? toSwitch, string? tap, string complaint) =>
        Assert.Contains(complaint, Assert.Single(SpecRules.FindErrors([Web(new MachineNetwork { Switch = toSwitch, Tap = tap })])).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("02:00:00:00:00:01", true)]
    [InlineData("52-54-00-aB-Cd-eF", true)]
    [InlineData("01:00:00:00:00:01", false)]
    [InlineData("00:00:00:00:00:00", false)]
    [InlineData("02:00:00:00:00", false)]
    [InlineData("02:00:00:00:00:0g", false)]
    public void An_adapters_address_is_one_adapters(string mac, bool isRight) =>
        Assert.Equal(isRight, SpecRules.FindErrors([Web(new MachineNetwork { Switch = "lab", Mac = mac })]).Count == 0);

    [Fact]
    public void Two_adapters_of_a_machine_have_different_addresses() =>
        Assert.Equal("networks[1].mac", Assert.Single(SpecRules.FindErrors([Web(
            new MachineNetwork { Switch = "lab", Mac = "02:00:00:00:00:0a" }, new MachineNetwork { Tap = "tap0", Mac = "02-00-00-00-00-0A" },
            new MachineNetwork { Switch = "lab" }, new MachineNetwork { Switch = "lab" })])).Path);
}
