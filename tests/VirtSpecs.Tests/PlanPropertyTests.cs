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

    // A layer refers only to such as come later in the alphabet, so that no plan has circles.
    private static Gen<Layer> Layers =>
        from name in Gen.Elements("a", "A", "b", "c")
        from version in Gen.Elements("1", "2", "2-RC", "2-rc")
        from command in Gen.Elements("dpkg", "./setup", null)
        from below in Gen.Elements("b", "b@1", "c@2", "d", "d@1").ArrayOf()
        from exclude in Gen.Elements("{Temp}/**", null)
        from notes in Gen.Elements("", "x")
        select new Layer
        {
            Name = name,
            Version = version,
            Platform = LayerPlatform.Linux,
            From = command is null
                ? new() { Packages = ["hello", "./x.deb"] }
                : new()
                {
                    Capture = new() { Command = command },
                    Layers = [.. below.Distinct().Where(layer => layer[0] > char.ToLowerInvariant(name[0])).Select(LayerReference.Parse)],
                },
            Rules = new() { Exclude = exclude is null ? [] : [exclude] },
            Notes = notes,
        };

    private static Gen<Application> Applications =>
        from name in Gen.Elements("a", "A", "b")
        from layers in Gen.Elements("a", "a@1", "b", "c@2", "c@2-rc").ListOf(2)
        from variable in Gen.Elements("x", null)
        select new Application
        {
            Name = name,
            Layers = [.. layers.Distinct().Select(LayerReference.Parse)],
            Command = "hello",
            Environment = variable is null ? LabelDictionary.None : new([new("A", variable)]),
        };

    private static Gen<Spec[]> Sets =>
        from specs in Gen.OneOf(Machines.Select(spec => (Spec)spec), Layers.Select(spec => (Spec)spec), Applications.Select(spec => (Spec)spec))
            .ArrayOf()
        select specs.DistinctBy(SpecKey.Of).ToArray();

    // What every scene has besides, so that each reference finds a layer.
    private static IEnumerable<Spec> Foundation =>
        from name in new[] { "a@1", "b@1", "c@2", "c@2-rc", "d@1" }
        let layer = LayerReference.Parse(name)
        select new Layer
        {
            Name = layer.Name,
            Version = layer.Version!,
            Platform = LayerPlatform.Linux,
            From = new() { Packages = ["hello"] },
        };

    private static Gen<Scene> Scenes =>
        from desired in Sets
        from more in Sets
        from lacksLayers in Gen.Elements(true, false)
        let described = desired.OfType<Layer>().Select(SpecKey.Of).ToHashSet()
        let existing = more.Concat(Foundation).DistinctBy(SpecKey.Of)
            .Where(spec => !lacksLayers || !described.Contains(SpecKey.Of(spec))).ToArray()
        from states in Gen.Elements(Enum.GetValues<RunState>()).ArrayOf(existing.Length)
        from start in Gen.Elements(true, false)
        from removeOthers in Gen.Elements(true, false)
        select new Scene(
            desired,
            [.. existing.Zip(states, (spec, state) => new SpecState(spec.WithFullPaths(), spec is Layer ? default : state))],
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
                Assert.True(!scene.Options.Start || spec is Layer || state.State == RunState.Running);
            }

            // What else is there is of a kind that no spec speaks of, or a layer that something refers to.
            var uses = host.States.SelectMany(state => state.Spec.LayerUses).ToArray();
            var others = host.States.Select(state => state.Spec).Where(spec => !scene.Desired.Select(SpecKey.Of).Contains(SpecKey.Of(spec))
                && (scene.Desired.Any(wanted => wanted.Kind == spec.Kind) || (spec is Layer && scene.Desired.Any(wanted => wanted is Application))));
            Assert.True(!scene.Options.RemoveOthers
                || others.All(spec => spec is Layer layer && uses.Any(use => use.Layer.TryResolve([layer.Reference], out _))));
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

    private sealed record Scene(Spec[] Desired, SpecState[] Actual, PlanOptions Options);
}
