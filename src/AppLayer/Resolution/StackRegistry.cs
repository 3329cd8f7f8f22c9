using AppLayer.Files;
using AppLayer.Registry;
using AppLayer.Registry.Views;

namespace AppLayer.Resolution;

/// <summary>The registry of a stack, read when it is asked for first.</summary>
internal sealed class StackRegistry
{
    private readonly Lazy<RegistryPlan> _plan;
    private readonly Lazy<RegistryKey> _composed;

    internal StackRegistry(Func<RegistryPlan> plan)
    {
        _plan = new(plan);
        _composed = new(() => _plan.Value.Stack.Compose());
    }

    /// <summary>A key's path as people write it, of that in the layers' trees.</summary>
    internal static string PathOf(string treePath)
    {
        var parts = treePath.Split('\\', 2);
        return new RegistryPath(Enum.Parse<RegistryRoot>(parts[0], ignoreCase: true), parts.Length > 1 ? parts[1] : "").ToString();
    }

    /// <summary>Who gives a key or value. A path that is not there as it is written is followed through keys that are links.</summary>
    internal PathResolution Resolve(string path, string? value)
    {
        var found = _plan.Value.Resolve(path, value);
        if (found.Exists
            || new RegistryView(_composed.Value, new(LayerLayout.WineUserSid)).Resolve(path) is not { Status: ResolutionStatus.Found } followed)
        {
            return found;
        }

        return _plan.Value.Resolve(followed.Path.ToString(), value) with { Path = path };
    }

    /// <summary>Bytes of a value's data.</summary>
    /// <param name="treePath">The key's path in the layers' trees.</param>
    /// <param name="value">The value's name.</param>
    internal long? LengthOf(string treePath, string value) =>
        _composed.Value.Find(treePath) is { } key && key.TryGetValue(value, out var found) ? found.Data.Length : null;

    /// <summary>A key, its values, and all keys below with theirs.</summary>
    internal IEnumerable<(string Path, string? Value)> Below(string treePath) =>
        _composed.Value.Find(treePath) is { } key ? Entries(key, treePath) : [];

    /// <summary>The keys and values that the layers, the writable and the data layer speak of, roots left aside.</summary>
    internal IEnumerable<(string Path, string? Value)> OfLayers()
    {
        var stack = _plan.Value.Stack;
        var spoken = new RegistryKey("");
        foreach (var layer in stack.Layers.Where(layer => layer.Name != RegistryPlan.RulesName))
        {
            Add(layer.Tree, spoken);
        }

        return spoken.Subkeys.SelectMany(root => root.Subkeys.SelectMany(key => Entries(key, $@"{root.Name}\{key.Name}")));
    }

    // Names alone count here: who gives them is asked of the stack.
    private static void Add(RegistryKey from, RegistryKey to)
    {
        foreach (var value in from.Values.Where(value => !to.TryGetValue(value.Name, out _)))
        {
            to.Set(value);
        }

        foreach (var subkey in from.Subkeys)
        {
            Add(subkey, to.Create(subkey.Name));
        }
    }

    private static IEnumerable<(string Path, string? Value)> Entries(RegistryKey start, string treePath)
    {
        var todo = new Stack<(RegistryKey Key, string Path)>([(start, treePath)]);
        while (todo.TryPop(out var at))
        {
            var path = PathOf(at.Path);
            yield return (path, null);
            foreach (var value in at.Key.Values)
            {
                yield return (path, value.Name);
            }

            foreach (var subkey in at.Key.Subkeys.Reverse())
            {
                todo.Push((subkey, $@"{at.Path}\{subkey.Name}"));
            }
        }
    }
}
