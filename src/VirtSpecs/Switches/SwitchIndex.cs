namespace VirtSpecs;

/// <summary>Finds the switches among specs by their names.</summary>
internal sealed class SwitchIndex(IEnumerable<Spec> specs)
{
    private readonly Dictionary<string, Switch> _byName =
        specs.OfType<Switch>().DistinctBy(SpecKey.Of).ToDictionary(one => one.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The switches' names.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>The switch with a name, if there is one.</summary>
    public Switch? Find(string name) => _byName.GetValueOrDefault(name);
}
