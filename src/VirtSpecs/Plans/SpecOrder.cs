namespace VirtSpecs;

/// <summary>The order in which specs can be made: switches first, layers before what uses them, otherwise as given.</summary>
internal sealed class SpecOrder
{
    private const int MaximumShown = 8;

    private readonly Spec[] _specs;
    private readonly Link[][] _links;

    /// <summary>Orders specs that keep their own rules, each kind and name once.</summary>
    public SpecOrder(IReadOnlyList<Spec> specs)
    {
        _specs = [.. specs];
        Layers = new(_specs);
        var places = _specs.Index().ToDictionary(item => SpecKey.Of(item.Item), item => item.Index);
        _links =
        [
            .. _specs.Select(spec => spec.LayerUses
                .Select(use => (use, layer: Layers.Find(use.Layer)))
                .Where(found => found.layer is not null)
                .Select(found => new Link(found.use, places[SpecKey.Of(found.layer!)]))
                .ToArray()),
        ];
        (Specs, var isOrdered) = Order();
        Cycles = [.. FindCycles(isOrdered)];
    }

    /// <summary>The layers among the specs.</summary>
    public LayerIndex Layers { get; }

    /// <summary>The specs in order, those left out that can't be ordered.</summary>
    public IReadOnlyList<Spec> Specs { get; }

    /// <summary>The layers that would have to be there before they are made, as errors.</summary>
    public IReadOnlyList<SpecError> Cycles { get; }

    // Of those whose layers are done, always the first.
    private (List<Spec> Ordered, bool[] IsOrdered) Order()
    {
        var users = new List<int>[_specs.Length];
        var missing = new int[_specs.Length];
        var ready = new PriorityQueue<int, int>();
        // Switches before what is plugged into them.
        int TurnOf(int place) => _specs[place] is Switch ? place - _specs.Length : place;
        for (var i = 0; i < _specs.Length; i++)
        {
            foreach (var (_, target) in _links[i])
            {
                (users[target] ??= []).Add(i);
            }

            missing[i] = _links[i].Length;
            if (missing[i] == 0)
            {
                ready.Enqueue(i, TurnOf(i));
            }
        }

        var ordered = new List<Spec>(_specs.Length);
        var isOrdered = new bool[_specs.Length];
        while (ready.TryDequeue(out var next, out _))
        {
            ordered.Add(_specs[next]);
            isOrdered[next] = true;
            foreach (var user in users[next] ?? [])
            {
                if (--missing[user] == 0)
                {
                    ready.Enqueue(user, TurnOf(user));
                }
            }
        }

        return (ordered, isOrdered);
    }

    // What is not in order uses something that isn't either: following that ends in a circle.
    private IEnumerable<SpecError> FindCycles(bool[] isOrdered)
    {
        var walkOf = new int[_specs.Length];
        for (var start = 0; start < _specs.Length; start++)
        {
            var at = start;
            var steps = new List<(int Place, LayerUse Use)>();
            while (!isOrdered[at] && walkOf[at] == 0)
            {
                walkOf[at] = start + 1;
                var (use, target) = _links[at].First(link => !isOrdered[link.Target]);
                steps.Add((at, use));
                at = target;
            }

            if (!isOrdered[at] && walkOf[at] == start + 1)
            {
                yield return Describe(steps[steps.FindIndex(step => step.Place == at)..]);
            }
        }
    }

    private SpecError Describe(List<(int Place, LayerUse Use)> circle)
    {
        var first = circle.IndexOf(circle.MinBy(step => step.Place));
        circle = [.. circle[first..], .. circle[..first]];
        var names = circle.Select(step => _specs[step.Place].QualifiedName).ToList();
        var shown = names.Count > MaximumShown ? [.. names[..MaximumShown], "…"] : names;
        var hint = circle.Any(step => step.Use.Layer.Version is null) ? "say which version is meant" : null;
        var report = SpecReport.For(_specs[circle[0].Place], includeUnsupported: true);
        report.Add(circle[0].Use.Path, $"the layer would be captured over itself: {string.Join(" over ", shown.Append(names[0]))}", hint);
        return report.Errors[0];
    }

    /// <summary>A layer that a spec uses.</summary>
    /// <param name="Use">How.</param>
    /// <param name="Target">The layer's place among the specs.</param>
    private readonly record struct Link(LayerUse Use, int Target);
}
