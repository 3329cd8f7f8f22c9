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

    /// <summary>The name of the thing that changes, as it is known before the change; of a layer <c>name@version</c>.</summary>
    public string Name => KnownAs ?? Spec.QualifiedName;

    /// <summary>
    /// The key that an update gives another value, such as <c>stop.timeout</c>; <see langword="null"/> where the thing is made anew, and
    /// for what is no update.
    /// </summary>
    public string? Member { get; init; }

    /// <summary>The value before an update, <see langword="null"/> if there was none; the whole spec where the thing is made anew.</summary>
    public object? From { get; init; }

    /// <summary>The value after an update, <see langword="null"/> if there is none; the whole spec where the thing is made anew.</summary>
    public object? To { get; init; }

    /// <summary>Whether an update is possible only while the thing is stopped. A plan stops it before and starts it after.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>
    /// Whether an update makes the thing anew, as a creation does, since it can't be changed: all that differs changes at once. What is
    /// there is kept until the new one is complete.
    /// </summary>
    public bool MakesAnew { get; init; }

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
                return MakesAnew ? Spec : (Spec)RecordType.Of(applied.GetType()).With(applied, Member!, To);
            default:
                return applied;
        }
    }

    /// <summary>The change in one line: <c>Update Machine web01: memory is 512MiB, wanted is 1GiB</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"{Action} {Kind} {Name}: {Reason}";
}
