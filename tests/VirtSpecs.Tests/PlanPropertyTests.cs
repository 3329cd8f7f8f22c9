using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Tests;

/// <summary>Plans carried out on a simulated host.</summary>
public class PlanPropertyTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20260803, 1);

    // Few values each, so that what is and what is wanted meet often.
    private static Gen<Machine> Machines =>
        from name in Gen.Elements("a", "A", "b", "c", "d")
        from processors in Gen.Choose(1, 2)
        from memory in Gen.Elements(64, 66)
        from hypervisor in Gen.Elements<HypervisorKind?>(null, HypervisorKind.Software)
        from image in Gen.Elements("debian", null)
        from kernel in Gen.Elements("vmlinuz", "../vmlinuz", "/boot/vmlinuz")
        from commandLine in Gen.Elements(null, "", "quiet")
        from timeout in Gen.Choose(0, 1)
        from notes in Gen.Elements("", "x")
        from labels in Gen.Elements(LabelDictionary.None, new LabelDictionary([new("a", "b")]))
        select new Machine
        {
            Name = name,
            Processors = processors,
            Memory = ByteSize.FromMiB(memory),
            Hypervisor = hypervisor,
            Boot = new() { Image = image, Kernel = image is null ? kernel : null, CommandLine = commandLine },
            Stop = new() { Timeout = TimeSpan.FromSeconds(timeout) },
            Notes = notes,
            Labels = labels,
        };

    private static Gen<Machine[]> Sets => Machines.ArrayOf().Select(machines => machines.DistinctBy(SpecKey.Of).ToArray());

    private static Gen<Scene> Scenes =>
        from desired in Sets
        from existing in Sets
        from states in Gen.Elements(Enum.GetValues<RunState>()).ArrayOf(existing.Length)
        from start in Gen.Elements(true, false)
        from removeOthers in Gen.Elements(true, false)
        select new Scene(
            desired,
            [.. existing.Zip(states, (spec, state) => new SpecState(spec.WithFullPaths(), state))],
            new() { Start = start, RemoveOthers = removeOthers });

    [Fact]
    public void A_plan_carried_out_leaves_nothing_to_do() =>
        Prop.ForAll(Scenes.ToArbitrary(), scene =>
        {
            var host = new SimulatedHost(scene.Actual);
            host.Apply(Plan.Compute(scene.Desired, host.States, scene.Options));
            var again = Plan.Compute(scene.Desired, host.States, scene.Options);
            Assert.All(again, change => Assert.Equal(ChangeAction.None, change.Action));
            Assert.Equal(scene.Desired.Length, again.Count);
        }).Check(Seeded);

    [Fact]
    public void A_plan_carried_out_gives_what_the_specs_say() =>
        Prop.ForAll(Scenes.ToArbitrary(), scene =>
        {
            var host = new SimulatedHost(scene.Actual);
            host.Apply(Plan.Compute(scene.Desired, host.States, scene.Options));
            foreach (var spec in scene.Desired)
            {
                var state = Assert.Single(host.States, state => SpecKey.Of(state.Spec) == SpecKey.Of(spec));
                Assert.Equal(spec.WithFullPaths(), state.Spec);
                Assert.True(!scene.Options.Start || state.State == RunState.Running);
            }

            Assert.True(!scene.Options.RemoveOthers || host.States.Count == scene.Desired.Length);
        }).Check(Seeded);

    [Fact]
    public void What_runs_goes_on_running_and_what_is_not_named_is_not_touched() =>
        Prop.ForAll(Scenes.ToArbitrary(), scene =>
        {
            var host = new SimulatedHost(scene.Actual);
            host.Apply(Plan.Compute(scene.Desired, host.States, scene.Options with { RemoveOthers = false }));
            foreach (var before in scene.Actual)
            {
                var after = Assert.Single(host.States, state => SpecKey.Of(state.Spec) == SpecKey.Of(before.Spec));
                Assert.True(before.State != RunState.Running || after.State == RunState.Running);
                Assert.True(scene.Desired.Any(spec => SpecKey.Of(spec) == SpecKey.Of(before.Spec)) || after == before);
            }
        }).Check(Seeded);

    private sealed record Scene(Machine[] Desired, SpecState[] Actual, PlanOptions Options);
}
