namespace VirtSpecs.Tests;

/// <summary>A host that carries plans out as an engine would, and refuses what an engine couldn't do.</summary>
internal sealed class SimulatedHost(IEnumerable<SpecState> states)
{
    private readonly List<SpecState> _states = [.. states];

    public IReadOnlyList<SpecState> States => _states;

    public void Apply(IEnumerable<SpecChange> changes)
    {
        foreach (var change in changes)
        {
            Apply(change);
        }
    }

    private void Apply(SpecChange change)
    {
        var index = _states.FindIndex(state => state.Spec.Kind == change.Kind && state.Spec.QualifiedName == change.Name);
        if (change.Action == ChangeAction.Create)
        {
            Assert.DoesNotContain(_states, state => SpecKey.Of(state.Spec) == SpecKey.Of(change.Spec));
            CheckLayers(change);
            _states.Add(new(change.ApplyTo(null)!, RunState.Stopped));
            return;
        }

        var current = _states[index];
        var isAlive = current.State is RunState.Running or RunState.Paused;
        switch (change.Action)
        {
            case ChangeAction.Update:
                Assert.False(change.NeedsRestart && isAlive, $"{change} while it is {current.State}.");
                Assert.NotEqual(change.From, change.To);
                if (change.MakesAnew)
                {
                    CheckLayers(change);
                }

                _states[index] = current with { Spec = change.ApplyTo(current.Spec)! };
                break;
            case ChangeAction.Start:
                Assert.NotEqual(RunState.Running, current.State);
                Assert.IsNotType<Layer>(current.Spec);
                CheckLayers(change);
                _states[index] = current with { State = RunState.Running };
                break;
            case ChangeAction.Stop:
                Assert.True(isAlive);
                _states[index] = current with { State = RunState.Stopped };
                break;
            case ChangeAction.Remove:
                Assert.False(isAlive);
                _states.RemoveAt(index);
                if (current.Spec is Layer)
                {
                    Assert.All(_states.Where(state => state.Spec is Application), state => Assert.All(state.Spec.LayerUses, Find));
                }

                break;
        }
    }

    private void CheckLayers(SpecChange change) => Assert.All(change.Spec.LayerUses, Find);

    private void Find(LayerUse use) => Assert.True(
        use.Layer.TryResolve(_states.Select(state => state.Spec).OfType<Layer>().Select(layer => layer.Reference), out _),
        $"There is no layer {use.Layer}.");
}
