namespace VirtSpecs;

/// <summary>A scalar type whose values are ordered and may be limited.</summary>
/// <typeparam name="T">The values' type.</typeparam>
internal abstract class RangedType<T> : ScalarType<T>
    where T : struct, IComparable<T>
{
    private readonly T? _multipleOf;

    protected RangedType(SpecMemberAttribute attribute)
    {
        Minimum = ParseLimit(attribute.Minimum);
        Maximum = ParseLimit(attribute.Maximum);
        _multipleOf = ParseLimit(attribute.MultipleOf);
    }

    /// <summary>The smallest value, if there is one.</summary>
    protected T? Minimum { get; }

    /// <summary>The largest value, if there is one.</summary>
    protected T? Maximum { get; }

    public override string Limits
    {
        get
        {
            var range = (Minimum, Maximum) switch
            {
                ({ } minimum, { } maximum) => $"{Format(minimum)} to {Format(maximum)}",
                ({ } minimum, null) => $"At least {Format(minimum)}",
                (null, { } maximum) => $"At most {Format(maximum)}",
                _ => "",
            };
            return _multipleOf is { } unit ? $"{range}, a multiple of {Format(unit)}" : range;
        }
    }

    /// <summary>Whether a value is a whole multiple of another.</summary>
    protected abstract bool IsMultiple(T value, T unit);

    protected override string? FindFault(T value) => this switch
    {
        { Minimum: { } minimum } when value.CompareTo(minimum) < 0 => $"must be at least {Format(minimum)}, not {Format(value)}",
        { Maximum: { } maximum } when value.CompareTo(maximum) > 0 => $"must be at most {Format(maximum)}, not {Format(value)}",
        { _multipleOf: { } unit } when !IsMultiple(value, unit) => $"must be a multiple of {Format(unit)}, not {Format(value)}",
        _ => null,
    };

    private T? ParseLimit(string? text) => text is null ? null
        : TryParse(text, out var limit) ? limit
        : throw new FormatException($"'{text}' is no limit for {typeof(T)}.");
}
