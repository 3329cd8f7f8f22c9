namespace VirtSpecs;

/// <summary>
/// Describes one key of a spec. With the property's type, name, initial value and <see langword="required"/> mark it is the only
/// description there is: readers, writers, the JSON schema, the comparison and the reference in docs/ all follow it.
/// </summary>
/// <param name="description">What the key says, one sentence for people who write specs.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SpecMemberAttribute(string description) : Attribute
{
    /// <summary>What the key says.</summary>
    public string Description { get; } = description;

    /// <summary>The smallest value, written as in a spec.</summary>
    public string? Minimum { get; init; }

    /// <summary>The largest value, written as in a spec.</summary>
    public string? Maximum { get; init; }

    /// <summary>The value must be a whole multiple of this one, written as in a spec.</summary>
    public string? MultipleOf { get; init; }

    /// <summary>The form of a text, or of a list's texts.</summary>
    public TextForm Form { get; init; }

    /// <summary>The form of the names, where the member is a mapping of names to texts.</summary>
    public TextForm NameForm { get; init; } = TextForm.Name;

    /// <summary>The largest length of a text in UTF-16 units, where the form's own is too large.</summary>
    public int MaximumLength { get; init; } = int.MaxValue;

    /// <summary>The smallest number of items in a list.</summary>
    public int MinimumItems { get; init; }

    /// <summary>The largest number of items in a list or labels.</summary>
    public int MaximumItems { get; init; } = 64;

    /// <summary>Whether a running thing must be stopped for the change.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>Whether the thing must be made anew for the change, once for all such changes together.</summary>
    public bool MakesAnew { get; init; }
}
