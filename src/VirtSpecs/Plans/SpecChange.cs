namespace VirtSpecs;

/// <summary>One change of a plan.</summary>
public sealed record SpecChange
{
    internal SpecChange(ChangeAction action, Spec spec, string reason)
    {
        Action = action;
        Spec = spec;
        Reason = reason;
    }

    /// <summary>What the change does.</summary>
    public ChangeAction Action { get; }

    /// <summary>The kind of thing that changes.</summary>
    public string Kind => Spec.Kind;

    /// <summary>The name of the thing that changes, as it is known before the change.</summary>
    public string Name => KnownAs ?? Spec.Name;

    /// <summary>The key that an update gives another value, such as <c>stop.timeout</c>; else <see langword="null"/>.</summary>
    public string? Member { get; init; }

    /// <summary>The value before an update, <see langword="null"/> if there was none.</summary>
    public object? From { get; init; }

    /// <summary>The value after an update, <see langword="null"/> if there is none.</summary>
    public object? To { get; init; }

    /// <summary>Whether an update is possible only while the thing is stopped. A plan stops it before and starts it after.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>Why the change is needed, in words.</summary>
    public string Reason { get; }

    /// <summary>The spec that is wanted, with full paths; for a removal the one that was last applied.</summary>
    public Spec Spec { get; }

    /// <summary>The name before the change where it differs from the spec's.</summary>
    internal string? KnownAs { get; init; }

    /// <summary>Carries out a creation or an update on the spec that is kept as last applied.</summary>
    /// <param name="applied">The spec as last applied; ignored by a creation.</param>
    /// <returns>The spec to keep now: the same where the change is no creation or update.</returns>
    /// <exception cref="ArgumentNullException">An update has nothing to start from.</exception>
    public Spec? ApplyTo(Spec? applied)
    {
        switch (Action)
        {
            case ChangeAction.Create:
                return Spec;
            case ChangeAction.Update:
                ArgumentNullException.ThrowIfNull(applied);
                return (Spec)RecordType.Of(applied.GetType()).With(applied, Member!, To);
            default:
                return applied;
        }
    }

    /// <summary>The change in one line: <c>Update Machine web01: memory is 512MiB, wanted is 1GiB</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"{Action} {Kind} {Name}: {Reason}";
}
