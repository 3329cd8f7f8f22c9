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
        var index = _states.FindIndex(state => state.Spec.Kind == change.Kind && state.Spec.Name == change.Name);
        if (change.Action == ChangeAction.Create)
        {
            Assert.DoesNotContain(_states, state => string.Equals(state.Spec.Name, change.Name, StringComparison.OrdinalIgnoreCase));
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
                _states[index] = current with { Spec = change.ApplyTo(current.Spec)! };
                break;
            case ChangeAction.Start:
                Assert.NotEqual(RunState.Running, current.State);
                _states[index] = current with { State = RunState.Running };
                break;
            case ChangeAction.Stop:
                Assert.True(isAlive);
                _states[index] = current with { State = RunState.Stopped };
                break;
            case ChangeAction.Remove:
                Assert.False(isAlive);
                _states.RemoveAt(index);
                break;
        }
    }
}
