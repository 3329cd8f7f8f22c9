namespace VirtSpecs;

/// <summary>Specs that can't be read, or can't be carried out.</summary>
public sealed class SpecException : Exception
{
    /// <summary>Makes an exception from what was found.</summary>
    /// <param name="errors">What is wrong, at least one.</param>
    /// <exception cref="ArgumentException">There is no error.</exception>
    public SpecException(IReadOnlyList<SpecError> errors)
        : base(string.Join(Environment.NewLine, (errors ?? []).Select(error => error.ToString())))
    {
        ArgumentNullException.ThrowIfNull(errors);
        Errors = errors.Count > 0 ? errors : throw new ArgumentException("A spec's failure has a cause.", nameof(errors));
    }

    /// <summary>What is wrong, in the order of the text, at least one.</summary>
    public IReadOnlyList<SpecError> Errors { get; }
}
