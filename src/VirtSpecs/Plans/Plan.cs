namespace VirtSpecs;

/// <summary>The changes that turn what is into what specs say. Computing a plan changes nothing.</summary>
public static class Plan
{
    /// <summary>
    /// Computes the changes, in the order in which they are to be carried out: the removal of machines and applications, then each spec's
    /// own changes in the order given, but switches first and layers before what uses them, then the removal of layers.
    /// Once they are carried out, the same specs and options give a plan of <see cref="ChangeAction.None"/> alone.
    /// </summary>
    /// <param name="desired">The specs, at most one of a kind and name.</param>
    /// <param name="actual">What is, each thing once; with the layers and switches that specs refer to.</param>
    /// <param name="options">What to do beyond; <see langword="null"/> for the defaults.</param>
    /// <returns>The changes; one of <see cref="ChangeAction.None"/> for each spec that needs none.</returns>
    /// <exception cref="ArgumentException">What is holds two things of a kind and name.</exception>
    /// <exception cref="SpecException">
    /// A spec breaks a rule, a name is used twice, layers would be captured over themselves, a layer or switch that is needed neither is
    /// nor is described, or this version can't carry a spec out.
    /// </exception>
    public static IReadOnlyList<SpecChange> Compute(
        IEnumerable<Spec> desired, IEnumerable<SpecState> actual, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(actual);
        options ??= new();
        Spec[] specs = [.. desired];
        ThrowIfWrong(specs);
        SpecState[] states = [.. actual];
        var known = states.ToDictionary(state => SpecKey.Of(state.Spec));
        var order = new SpecOrder(specs);
        var existing = new LayerIndex(states.Select(state => state.Spec));
        var (described, switches) = (new SwitchIndex(specs), new SwitchIndex(states.Select(state => state.Spec)));
        var changes = new List<SpecChange>();
        var missing = new List<SpecError>();
        var named = specs.Select(SpecKey.Of).ToHashSet();
        foreach (var spec in order.Specs)
        {
            var rooted = spec.WithFullPaths();
            SpecChange[] own =
            [
                .. known.TryGetValue(SpecKey.Of(spec), out var state)
                    ? Converge(state, rooted, options)
                    : Create(rooted, options),
            ];
            changes.AddRange(own);
            foreach (var use in spec.LayerUses.Where(use => order.Layers.Find(use.Layer) is null))
            {
                if (existing.Find(use.Layer) is { } layer)
                {
                    named.Add(SpecKey.Of(layer));
                }
                else if (spec.CanRun || own.Any(change => change.Action == ChangeAction.Create || change.MakesAnew))
                {
                    // A layer that is made already needs no more what it was captured over.
                    missing.Add(DescribeMissing(spec, use, new([.. specs, .. states.Select(state => state.Spec)])));
                }
            }

            foreach (var use in spec.SwitchUses.Where(use => described.Find(use.Name) is null))
            {
                if (switches.Find(use.Name) is { } found)
                {
                    named.Add(SpecKey.Of(found));
                }
                else
                {
                    var near = Nearest.Find(use.Name, [.. described.Names, .. switches.Names]);
                    missing.Add(DescribeMissing(spec, use.Path, $"switch '{use.Name}'", near));
                }
            }
        }

        if (missing.Count > 0)
        {
            throw new SpecException(missing);
        }

        if (options.RemoveOthers)
        {
            // Whoever describes applications speaks of their layers too; whoever describes machines doesn't mean applications.
            var kinds = specs.Select(spec => spec.Kind).ToHashSet();
            kinds.UnionWith(specs.Any(spec => spec is Application) ? [nameof(Layer)] : []);
            Spec[] staying = [.. states.Where(state => !kinds.Contains(state.Spec.Kind)).Select(state => state.Spec)];
            var later = new LayerIndex([.. specs, .. states.Select(state => state.Spec)]); // The newest may be one that is made now.
            var needed = staying.SelectMany(spec => spec.LayerUses).Select(use => (Spec?)later.Find(use.Layer))
                .Concat(staying.SelectMany(spec => spec.SwitchUses).Select(use => switches.Find(use.Name)));
            named.UnionWith(needed.OfType<Spec>().Select(SpecKey.Of));

            // Layers come last: what runs may use one until its own turn to change.
            var others = states.Where(state => kinds.Contains(state.Spec.Kind) && !named.Contains(SpecKey.Of(state.Spec)))
                .ToLookup(state => state.Spec is Layer);
            changes.InsertRange(0, others[false].OrderBy(state => state.Spec is Switch).SelectMany(Remove));
            changes.AddRange(others[true].SelectMany(Remove));
        }

        return changes;
    }

    /// <summary>Computes the changes of one thing. What it refers to is not looked for: that matters when it starts.</summary>
    /// <param name="desired">The spec.</param>
    /// <param name="actual">What is, of the spec's kind and name.</param>
    /// <returns>The changes, in order.</returns>
    /// <exception cref="SpecException">The spec breaks a rule, or this version can't carry it out.</exception>
    public static IReadOnlyList<SpecChange> Compute(Spec desired, SpecState actual)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(actual);
        ThrowIfWrong([desired]);
        return [.. Converge(actual, desired.WithFullPaths(), new())];
    }

    private static void ThrowIfWrong(Spec[] specs)
    {
        if (SpecRules.FindErrors(specs) is { Count: > 0 } errors)
        {
            throw new SpecException(errors);
        }
    }

    private static SpecError DescribeMissing(Spec spec, LayerUse use, LayerIndex layers)
    {
        var near = Nearest.Find(use.Layer.Name, layers.Names) is { } name
            ? layers.Find(new(name, use.Layer.Version)) ?? layers.Find(new(name))
            : null;
        return DescribeMissing(spec, use.Path, $"layer '{use.Layer}'", near?.QualifiedName);
    }

    private static SpecError DescribeMissing(Spec spec, string path, string what, string? near)
    {
        var report = SpecReport.For(spec, includeUnsupported: true);
        report.Add(path, $"there is no {what}, and no spec describes it", near is null ? null : $"did you mean {near}?");
        return report.Errors[0];
    }

    private static IEnumerable<SpecChange> Remove(SpecState state)
    {
        const string reason = "no spec names it";
        if (IsAlive(state))
        {
            yield return new(ChangeAction.Stop, state.Spec, reason);
        }

        yield return new(ChangeAction.Remove, state.Spec, reason);
    }

    private static IEnumerable<SpecChange> Create(Spec spec, PlanOptions options)
    {
        yield return new(ChangeAction.Create, spec, "it doesn't exist");
        if (options.Start && spec.CanRun)
        {
            yield return new(ChangeAction.Start, spec, "it is wanted running");
        }
    }

    private static IEnumerable<SpecChange> Converge(SpecState state, Spec spec, PlanOptions options)
    {
        SpecDifference[] differences = [.. RecordType.Of(spec.GetType()).Compare(state.Spec, spec)];
        var restarts = IsAlive(state) && differences.Any(difference => difference.NeedsRestart);
        if (restarts)
        {
            var members = string.Join(", ", differences.Where(difference => difference.NeedsRestart).Select(difference => difference.Path));
            yield return new(ChangeAction.Stop, spec, $"{members} can change only while it is stopped")
            {
                KnownAs = state.Spec.QualifiedName,
            };
        }

        // The name may change its case: from there on the thing goes by the new one.
        var applied = state.Spec;
        foreach (var difference in differences.Where(difference => !difference.MakesAnew))
        {
            var change = Update(applied, spec, difference);
            yield return change;
            applied = change.ApplyTo(applied)!;
        }

        if (differences.Any(difference => difference.MakesAnew))
        {
            var reason = string.Join("; ", differences.Where(difference => difference.MakesAnew).Select(Describe));
            yield return new(ChangeAction.Update, spec, reason)
            {
                From = applied,
                To = spec,
                MakesAnew = true,
                KnownAs = applied.QualifiedName,
            };
        }

        if (restarts)
        {
            yield return new(ChangeAction.Start, spec, "it ran before the change");
        }
        else if (options.Start && spec.CanRun && state.State != RunState.Running)
        {
            yield return new(ChangeAction.Start, spec, $"it is {state.State.ToString().ToLowerInvariant()}, wanted is running");
        }
        else if (differences.Length == 0)
        {
            yield return new(ChangeAction.None, spec, "it is as the spec says");
        }
    }

    private static SpecChange Update(Spec applied, Spec spec, SpecDifference difference) =>
        new(ChangeAction.Update, spec, Describe(difference))
        {
            Member = difference.Path,
            From = difference.From,
            To = difference.To,
            NeedsRestart = difference.NeedsRestart,
            KnownAs = applied.QualifiedName,
        };

    private static string Describe(SpecDifference difference)
    {
        string Text(object? value) => value is null ? "not set"
            : difference.Type.Format(value) is { Length: > 0 } text ? Quoting.Shorten(text)
            : "empty";

        return $"{difference.Path} is {Text(difference.From)}, wanted is {Text(difference.To)}";
    }

    private static bool IsAlive(SpecState state) => state is { Spec.CanRun: true, State: RunState.Running or RunState.Paused };
}
