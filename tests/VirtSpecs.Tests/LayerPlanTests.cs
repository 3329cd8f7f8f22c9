namespace VirtSpecs.Tests;

/// <summary>Plans with layers, and applications that use them.</summary>
public class LayerPlanTests
{
    private static readonly Application Node = Use("node-22", "node@22");

    [Fact]
    public void Layers_come_before_what_uses_them_whatever_the_order_in_the_file()
    {
        var plan = Plan.Compute([Node, Over("node@22", "tools"), Web, Over("tools@1", "base@1"), Over("base@1"), Over("tools@2", "base@1")], [],
            new() { Start = true });
        Assert.Equal(
            [
                "Create Machine web01", "Start Machine web01", "Create Layer base@1", "Create Layer tools@1", "Create Layer tools@2",
                "Create Layer node@22", "Create Application node-22", "Start Application node-22",
            ],
            Short(plan));
    }

    [Fact]
    public void What_already_stands_in_order_stays_in_its_order()
    {
        Spec[] specs = [Over("b@1"), Web, Over("a@1"), Use("x", "a"), Use("w", "b")];
        Assert.Equal(specs.Select(spec => spec.QualifiedName), Plan.Compute(specs, []).Select(change => change.Name));
    }

    [Fact]
    public void A_layer_is_never_started() =>
        Assert.Equal(["None Layer base@1: it is as the spec says"],
            Plan.Compute([Over("base@1")], [new(Over("base@1"))], new() { Start = true }).Select(change => change.ToString()));

    [Fact]
    public void A_layer_whose_content_changes_is_made_anew_once_for_all_that_differs()
    {
        var before = Over("node@22");
        var after = before with
        {
            Notes = "new",
            Platform = LayerPlatform.Linux,
            From = new() { Packages = ["nodejs"] },
            Rules = new() { Exclude = ["{Temp}/**"] },
        };
        var plan = Plan.Compute([after], [new(before)]);
        Assert.Equal(
            [
                "Update Layer node@22: notes is empty, wanted is new",
                "Update Layer node@22: platform is windows, wanted is linux; from.capture is {command: setup}, wanted is not set; "
                    + "from.packages is [], wanted is [nodejs]; rules.exclude is [], wanted is [{Temp}/**]",
            ],
            plan.Select(change => change.ToString()));
        Assert.Equal([false, true], plan.Select(change => change.MakesAnew));
        Assert.Equal((null, before with { Notes = "new" }, after), (plan[1].Member, plan[1].From, plan[1].To));
        Assert.Equal(after, plan[1].ApplyTo(plan[0].ApplyTo(before)));
    }

    [Fact]
    public void Another_version_is_another_layer() =>
        Assert.Equal(["Create Layer node@23"], Short(Plan.Compute([Over("node@23")], [new(Over("node@22"))])));

    [Fact]
    public void A_version_in_another_case_is_the_same_layer_with_a_new_label()
    {
        var plan = Plan.Compute([Over("Node@1.0-RC1")], [new(Over("node@1.0-rc1"))]);
        Assert.Equal(
            [
                "Update Layer node@1.0-rc1: name is node, wanted is Node",
                "Update Layer Node@1.0-rc1: version is 1.0-rc1, wanted is 1.0-RC1",
            ],
            plan.Select(change => change.ToString()));
        Assert.All(plan, change => Assert.False(change.MakesAnew));
    }

    [Fact]
    public void A_running_application_is_stopped_for_other_layers() =>
        Assert.Equal(
            [
                "Stop Application node-22: layers can change only while it is stopped",
                "Update Application node-22: layers is [node@22], wanted is [node@23]",
                "Start Application node-22: it ran before the change",
            ],
            Plan.Compute([Use("node-22", "node@23")], [new(Node, RunState.Running), new(Over("node@23"))]).Select(change => change.ToString()));

    [Fact]
    public void Applications_are_removed_first_and_layers_last()
    {
        SpecState[] actual = [new(Over("old@1")), new(Over("node@22")), new(Use("gone", "old"), RunState.Running), new(Use("kept", "old"))];
        Assert.Equal(
            ["Stop Application gone", "Remove Application gone", "Update Application kept", "Remove Layer old@1"],
            Short(Plan.Compute([Use("kept", "node@22")], actual, new() { RemoveOthers = true })));
    }

    [Fact]
    public void A_layer_that_a_spec_refers_to_is_not_removed()
    {
        SpecState[] actual = [new(Over("node@22")), new(Over("node@18")), new(Over("base@1")), new(Node)];
        Assert.Equal(["None Application node-22", "Remove Layer node@18", "Remove Layer base@1"],
            Short(Plan.Compute([Node], actual, new() { RemoveOthers = true })));
        Assert.Equal(["None Application node-22", "Update Layer node@18", "Remove Layer base@1"],
            Short(Plan.Compute([Node, Over("node@18", "node@22")], actual, new() { RemoveOthers = true })));
    }

    [Fact]
    public void Whoever_describes_layers_alone_does_not_mean_applications_nor_what_they_use()
    {
        SpecState[] actual = [new(Over("node@22")), new(Over("node@18")), new(Node)];
        Assert.Equal(["Create Layer new@1", "Remove Layer node@18"], Short(Plan.Compute([Over("new@1")], actual, new() { RemoveOthers = true })));
    }

    [Fact]
    public void A_layer_that_is_nowhere_is_missed_before_anything_is_done()
    {
        Assert.Equal("layers[0]: there is no layer 'node@22', and no spec describes it in Application node-22", Fail([Node], []));
        Assert.Equal("layers[0]: there is no layer 'node@22', and no spec describes it in Application node-22 (did you mean node@22.23.3?)",
            Fail([Node, Over("tools@18")], [new(Over("node@22.23.3")), new(Over("node@20"))]));
        Assert.Equal("from.layers[0]: there is no layer 'bsae', and no spec describes it in Layer node@22 (did you mean base@1?)",
            Fail([Over("node@22", "bsae"), Over("base@1")], []));
        Assert.Equal(["None Layer node@22"], Short(Plan.Compute([Over("node@22", "gone")], [new(Over("node@22", "gone"))])));
    }

    [Fact]
    public void Layers_that_would_be_captured_over_themselves_are_named()
    {
        Assert.Equal("from.layers[0]: the layer would be captured over itself: a@1 over a@1 in Layer a@1", Fail([Over("a@1", "a@1")], []));
        Assert.Equal("from.layers[0]: the layer would be captured over itself: a@2 over a@2 in Layer a@2 (say which version is meant)",
            Fail([Over("a@1"), Over("a@2", "a")], []));
        Spec[] circle = [Use("x", "a"), Over("d@1", "c@1"), Over("b@1", "c@1"), Over("a@1", "e@1", "b@1"), Over("c@1", "a@1"), Over("e@1")];
        Assert.Equal("from.layers[0]: the layer would be captured over itself: b@1 over c@1 over a@1 over b@1 in Layer b@1", Fail(circle, []));
        Assert.Equal("from.layers[0]", Assert.Single(SpecRules.FindErrors(circle)).Path);
        Assert.Equal(2, SpecRules.FindErrors([Over("a@1", "b@1"), Over("b@1", "a@1"), Over("c@1", "d@1"), Over("d@1", "c@1")]).Count);
    }

    [Fact]
    public void A_long_chain_of_layers_is_ordered_and_a_long_circle_described_in_short()
    {
        var chain = Enumerable.Range(0, 5000).Select(i => Over($"l{i}@1", $"l{i + 1}@1")).ToArray();
        var plan = Plan.Compute([.. chain, Over("l5000@1")], []);
        Assert.Equal(("l5000@1", "l0@1"), (plan[0].Name, plan[^1].Name));
        Assert.InRange(Fail([.. chain, Over("l5000@1", "l0@1")], []).Length, 1, 200);
    }

    private static Machine Web => new() { Name = "web01", Boot = new() { Image = "debian-12-cloud" } };

    private static Layer Over(string name, params string[] layers) => new()
    {
        Name = LayerReference.Parse(name).Name,
        Version = LayerReference.Parse(name).Version!,
        Platform = LayerPlatform.Windows,
        From = new() { Capture = new() { Command = "setup" }, Layers = [.. layers.Select(LayerReference.Parse)] },
    };

    private static Application Use(string name, params string[] layers) =>
        new() { Name = name, Layers = [.. layers.Select(LayerReference.Parse)], Command = "node" };

    private static IEnumerable<string> Short(IEnumerable<SpecChange> plan) => plan.Select(change => $"{change.Action} {change.Kind} {change.Name}");

    private static string Fail(Spec[] desired, SpecState[] actual) =>
        Assert.Single(Assert.Throws<SpecException>(() => Plan.Compute(desired, actual)).Errors).ToString();
}
