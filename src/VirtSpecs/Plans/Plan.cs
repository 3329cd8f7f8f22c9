namespace VirtSpecs;

/// <summary>The changes that turn what is into what specs say. Computing a plan changes nothing.</summary>
public static class Plan
{
    /// <summary>
    /// Computes the changes, in the order in which they are to be carried out: removals, then each spec's own in the order given.
    /// Once they are carried out, the same specs and options give a plan of <see cref="ChangeAction.None"/> alone.
    /// </summary>
    /// <param name="desired">The specs, at most one of a kind and name.</param>
    /// <param name="actual">What is, each thing once.</param>
    /// <param name="options">What to do beyond; <see langword="null"/> for the defaults.</param>
    /// <returns>The changes; one of <see cref="ChangeAction.None"/> for each spec that needs none.</returns>
    /// <exception cref="ArgumentException">What is holds two things of a kind and name.</exception>
    /// <exception cref="SpecException">A spec breaks a rule, a name is used twice, or this version can't carry a spec out.</exception>
    public static IReadOnlyList<SpecChange> Compute(
        IEnumerable<Spec> desired, IEnumerable<SpecState> actual, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(actual);
        options ??= new();
        Spec[] specs = [.. desired];
        if (SpecRules.FindErrors(specs) is { Count: > 0 } errors)
        {
            throw new SpecException(errors);
        }

        SpecState[] states = [.. actual];
        var known = states.ToDictionary(state => SpecKey.Of(state.Spec));
        var changes = new List<SpecChange>();
        if (options.RemoveOthers)
        {
            var wanted = specs.Select(SpecKey.Of).ToHashSet();
            changes.AddRange(states.Where(state => !wanted.Contains(SpecKey.Of(state.Spec))).SelectMany(Remove));
        }

        foreach (var spec in specs)
        {
            var rooted = spec.WithFullPaths();
            changes.AddRange(known.TryGetValue(SpecKey.Of(spec), out var state)
                ? Converge(state, rooted, options)
                : Create(rooted, options));
        }

        return changes;
    }

    private static IEnumerable<SpecChange> Remove(SpecState state)
    {
        const string reason = "no spec names it";
        if (IsAlive(state.State))
        {
            yield return new(ChangeAction.Stop, state.Spec, reason);
        }

        yield return new(ChangeAction.Remove, state.Spec, reason);
    }

    private static IEnumerable<SpecChange> Create(Spec spec, PlanOptions options)
    {
        yield return new(ChangeAction.Create, spec, "it doesn't exist");
        if (options.Start)
        {
            yield return new(ChangeAction.Start, spec, "it is wanted running");
        }
    }

    private static IEnumerable<SpecChange> Converge(SpecState state, Spec spec, PlanOptions options)
    {
        SpecDifference[] differences = [.. RecordType.Of(spec.GetType()).Compare(state.Spec, spec)];
        var restarts = IsAlive(state.State) && differences.Any(difference => difference.NeedsRestart);
        var name = state.Spec.Name;
        if (restarts)
        {
            var members = string.Join(", ", differences.Where(difference => difference.NeedsRestart).Select(difference => difference.Path));
            yield return new(ChangeAction.Stop, spec, $"{members} can change only while it is stopped") { KnownAs = name };
        }

        foreach (var difference in differences)
        {
            yield return new(ChangeAction.Update, spec, Describe(difference))
            {
                Member = difference.Path,
                From = difference.From,
                To = difference.To,
                NeedsRestart = difference.NeedsRestart,
                KnownAs = name,
            };

            // The name may have changed its case: from here on the thing goes by the new one.
            name = difference.Path == "name" ? spec.Name : name;
        }

        if (restarts)
        {
            yield return new(ChangeAction.Start, spec, "it ran before the change");
        }
        else if (options.Start && state.State != RunState.Running)
        {
            yield return new(ChangeAction.Start, spec, $"it is {state.State.ToString().ToLowerInvariant()}, wanted is running");
        }
        else if (differences.Length == 0)
        {
            yield return new(ChangeAction.None, spec, "it is as the spec says");
        }
    }

    private static string Describe(SpecDifference difference)
    {
        string Text(object? value) => value is null ? "not set"
            : difference.Type.Format(value) is { Length: > 0 } text ? Quoting.Shorten(text)
            : "empty";

        return $"{difference.Path} is {Text(difference.From)}, wanted is {Text(difference.To)}";
    }

    private static bool IsAlive(RunState state) => state is RunState.Running or RunState.Paused;
}
